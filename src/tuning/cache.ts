// What was measured on an adapter, kept in a file for the next time. A file belongs to one adapter
// with one driver, and to the text of the kernels. It is only ever a shortcut: a damaged or foreign
// file counts as empty, and is replaced.

import * as v from "valibot";
import { traitsOf } from "../autograd/program.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Traits } from "../kernels/core/operation.ts";
import { kernelTexts } from "./kernel-texts.ts";
import type { Measurement } from "./measure.ts";

/** Where caches are kept: a folder in Node, the browser's storage in a page. */
export interface CacheStorage {
  /** The location as users would find it. */
  readonly place: string;
  /** The whole file; null if there is none. @throws UserError */
  read(name: string): Promise<Uint8Array | null>;
  /** Replaces the file in one step, so that no reader finds half of it. @throws UserError */
  write(name: string, text: string): Promise<void>;
}

const format = "pixelcycle kernel choices 1";

const measurement = v.object({
  layer: v.string(),
  byRule: v.string(),
  chosen: v.string(),
  seconds: v.record(v.string(), v.number()),
  refused: v.record(v.string(), v.string()),
});

const cacheFile = v.object({
  format: v.literal(format),
  adapter: v.string(),
  /** A hash over the kernels that were measured. */
  kernels: v.string(),
  measurements: v.array(measurement),
});

export interface CacheContent {
  readonly measurements: ReadonlyMap<string, Measurement>;
  /** Why a file that is there is not used, for the end of a sentence. */
  readonly flaw?: string;
}

export class ChoiceCache {
  private kernelDigest: Promise<string> | undefined;

  private constructor(
    private readonly storage: CacheStorage,
    readonly name: string,
    private readonly adapter: string,
    private readonly traits: Traits,
  ) {}

  /** The cache of a device's adapter; nothing is read yet. */
  static async of(gpu: Gpu, storage: CacheStorage): Promise<ChoiceCache> {
    const { name, vendor, architecture, driver } = gpu.adapter;
    const { choices: _choices, ...traits } = traitsOf(gpu);
    const adapter = JSON.stringify({ name, vendor, architecture, driver, ...traits });
    const file = `kernels-${(await digestOf(adapter)).slice(0, 16)}.json`;
    return new ChoiceCache(storage, file, adapter, traits);
  }

  /** The file as users would find it. */
  get place(): string {
    return `${this.storage.place}/${this.name}`;
  }

  /** A hash over the texts of the kernels; it takes a while, so it is computed when it is needed. */
  private kernels(): Promise<string> {
    return (this.kernelDigest ??= digestOf(kernelTexts(this.traits).join("\n")));
  }

  /** @throws UserError if there is a file that cannot be read */
  async read(): Promise<CacheContent> {
    const bytes = await this.storage.read(this.name);
    if (bytes === null) return { measurements: new Map() };
    const parsed = v.safeParse(cacheFile, parseJson(bytes));
    const flaw = !parsed.success
      ? "it is damaged, or not a file of pixelcycle"
      : parsed.output.adapter !== this.adapter
        ? "it belongs to another adapter"
        : parsed.output.kernels !== (await this.kernels())
          ? "it was measured with the kernels of another version"
          : undefined;
    if (!parsed.success || flaw !== undefined) return { measurements: new Map(), ...(flaw !== undefined && { flaw }) };
    return { measurements: new Map(parsed.output.measurements.map((one) => [one.layer, one])) };
  }

  /**
   * Adds measurements. The file is read again first, so that two processes that measure different
   * layers keep what both found; if they write in the same moment, one of them measures again next
   * time.
   *
   * @throws UserError if it cannot be written
   */
  async add(added: readonly Measurement[]): Promise<void> {
    if (added.length === 0) return;
    const { measurements } = await this.read();
    const all = new Map([...measurements, ...added.map((one) => [one.layer, one] as const)]);
    const { adapter } = this;
    const kernels = await this.kernels();
    const content: v.InferInput<typeof cacheFile> = { format, adapter, kernels, measurements: [...all.values()] };
    await this.storage.write(this.name, `${JSON.stringify(content, null, 1)}\n`);
  }
}

/** undefined if it is not JSON. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** SHA-256, in hexadecimal. */
async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
