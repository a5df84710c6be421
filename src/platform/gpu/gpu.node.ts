// Opens WebGPU in Node: Dawn, through the npm package `webgpu`, loaded on demand.

import { freemem } from "node:os";
import { UserError } from "../../errors.ts";
import { surroundRequests } from "../../gpu/adapter.ts";
import { debugOf, type Debug } from "../../gpu/debug.ts";
import { Gpu, type GpuOptions, type Observers } from "../../gpu/gpu.ts";
import { waitPatiently } from "./dawn-events.node.ts";
import { withoutStderrLines } from "./native-stderr.node.ts";

/**
 * Mesa's drivers allow a million buffers with dynamic offsets, Dawn allows 16. Dawn always prints a
 * warning when it lowers the limit, once per adapter. We use no such offsets.
 */
const limitNotice =
  /^Warning: maxDynamic(Uniform|Storage)BuffersPerPipelineLayout artificially reduced from \d+ to \d+ to fit dynamic offset allocation limit\.$/;

/**
 * Dawn's `navigator.gpu`. It must stay referenced as long as one of its devices lives: `Gpu` holds
 * it.
 *
 * @param fast skips the robustness checks of memory accesses: for benches, never for tests
 * @param validated false skips the validation of calls
 * @throws UserError if Dawn's library does not load on this system
 */
export async function openWebGpu({ fast = false, validated = true } = {}): Promise<GPU> {
  const { create, globals } = await import("webgpu").catch((error: unknown) => {
    throw new UserError(
      "WebGPU cannot be loaded on this system; Dawn is built for Linux with glibc, macOS and Windows. " +
        `[${error instanceof Error ? error.message : String(error)}]`,
    );
  });
  waitPatiently(globals);
  const toggles = [...(fast ? ["disable_robustness"] : []), ...(validated && !fast ? [] : ["skip_validation"])];
  const enabled = toggles.length > 0 ? [`enable-dawn-features=${toggles.join()}`] : [];
  const entry = create([...enabled, "disable-dawn-features=timestamp_quantization"]);
  return surroundRequests(entry, (request) => withoutStderrLines(limitNotice, request));
}

/**
 * Prints what the variable `PIXELCYCLE_DEBUG` selects to stderr.
 *
 * @throws UserError if it names an unknown topic
 */
export function debugFromEnvironment(): Debug {
  // Only names of operations, numbers and our shaders, whose lines must stay lines.
  // eslint-disable-next-line no-console
  return debugOf(process.env.PIXELCYCLE_DEBUG ?? "", (text) => console.error(text));
}

/**
 * Opens a GPU. On a software adapter the engine may use three quarters of the memory that is free
 * now.
 *
 * @throws NoAdapterError if there is none; `npm run setup` installs one
 */
export async function openGpu(options: GpuOptions & Observers = {}): Promise<Gpu> {
  const debug = debugFromEnvironment();
  const unvalidated = () => openWebGpu({ validated: false });
  return Gpu.open(await openWebGpu(), { systemMemory: 0.75 * freemem(), unvalidated, debug, ...options });
}
