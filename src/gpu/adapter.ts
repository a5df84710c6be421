// Chooses a GPU adapter by preference or by name, and describes it for people to read.

import { NoAdapterError } from "./errors.ts";

/**
 * What is known about an adapter.
 *
 * @example
 * ```ts
 * const adapter: AdapterDescription = gpu.adapter;
 * const where = adapter.software ? "the CPU" : adapter.name;
 * ```
 */
export interface AdapterDescription {
  /**
   * The common name, for example "llvmpipe llvm 15 0 6 256 bits"; in a browser "nvidia
   * ada-lovelace", in Firefox "unnamed GPU".
   */
  name: string;
  /** For example `nvidia`; empty where the platform does not report it. */
  vendor: string;
  /** For example `ada-lovelace`; empty where the platform does not report it. */
  architecture: string;
  /** The driver's description of itself; empty in browsers. */
  driver: string;
  /**
   * True for an adapter that runs on the CPU. Its kernels use other tiles (docs/architecture.md).
   */
  software: boolean;
}

/**
 * "high-performance" and "low-power" are WebGPU's own preferences; anything else is matched against
 * the name.
 *
 * @inline
 */
export type AdapterChoice = "high-performance" | "low-power" | (string & {});

const softwareNames = /llvmpipe|lavapipe|swiftshader|software|basic render/i;

/** wgpu (Deno) reports PCI numbers where others report names. They mean nothing to a reader. */
const inWords = (text: string) => (/^\d+$/.test(text) ? "" : text);

export function describeAdapter({ info }: GPUAdapter): AdapterDescription {
  const [vendor, device] = [inWords(info.vendor), inWords(info.device)];
  const { architecture, description } = info;
  const software =
    info.isFallbackAdapter === true || softwareNames.test(`${device} ${description} ${architecture} ${vendor}`);
  return {
    // Dawn replaces everything but letters and digits in names by hyphens. Browsers report only the
    // family, to prevent fingerprinting. Firefox reports only whether the adapter is software.
    name:
      device.replaceAll(/-+/g, " ").trim() ||
      description ||
      `${vendor} ${architecture}`.trim() ||
      (software ? "unnamed software adapter" : "unnamed GPU"),
    vendor,
    architecture,
    driver: description,
    software,
  };
}

/**
 * Wraps every adapter request of `entry` in `surround`, for platform-specific work around a
 * request.
 */
export function surroundRequests(
  entry: GPU,
  surround: (request: () => Promise<GPUAdapter | null>) => Promise<GPUAdapter | null>,
): GPU {
  const request = entry.requestAdapter.bind(entry);
  entry.requestAdapter = (options) => surround(() => request(options));
  return entry;
}

/**
 * Requests an adapter from `entry` (a page's `navigator.gpu`, or Dawn's). A name is matched,
 * ignoring case, against the description of each adapter that the entry offers.
 *
 * @throws NoAdapterError when there is none, or none of that name.
 */
export async function chooseAdapter(entry: GPU, choice: AdapterChoice = "high-performance"): Promise<GPUAdapter> {
  const byPreference = choice === "high-performance" || choice === "low-power";
  const requests: GPURequestAdapterOptions[] = [
    { powerPreference: choice === "low-power" ? "low-power" : "high-performance" },
    { powerPreference: choice === "low-power" ? "high-performance" : "low-power" },
    { forceFallbackAdapter: true },
  ];

  const seen = new Set<string>();
  for (const request of requests) {
    const adapter = await entry.requestAdapter(request);
    if (!adapter) continue;
    if (byPreference) return adapter;
    const { name, driver, vendor, architecture } = describeAdapter(adapter);
    if (`${name} ${driver} ${vendor} ${architecture}`.toLowerCase().includes(choice.toLowerCase())) return adapter;
    seen.add(name);
  }
  throw new NoAdapterError(
    seen.size === 0
      ? "No WebGPU adapter was found. `npx pixelcycle doctor` tells you how to get one."
      : `No WebGPU adapter is called "${choice}". Available: ${[...seen].join(", ")}.`,
  );
}
