// Compiles kernels with a real GPU's compiler on a machine without that GPU. Mesa's AMD driver can
// open a null device and compile for it with the real compiler; null-gpu-layer.c makes Dawn accept
// that device. Nothing runs. The result is a kernel's register use, its spills, and the share of
// the peak that its code allows, but no time.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ceilingOf, generations, type Ceiling } from "./isa.ts";

const driver = "/usr/share/vulkan/icd.d/radeon_icd.json";
const here = resolve("bench/offline");

export interface Compiled {
  readonly kernel: string;
  /** Mesa's name for the GPU. */
  readonly family: string;
  /** Vector registers per lane. */
  readonly registers: number;
  /** Registers that were spilled to memory. */
  readonly spilled: number;
  /** Subgroups that a SIMD can hold at once, at most 16. */
  readonly waves: number;
  readonly ceiling: Ceiling | null;
}

/** A sentence about what `compileOffline` lacks on this machine; null if it works. */
export function missingOffline(): string | null {
  if (!existsSync(driver)) return `Mesa's driver for AMD is missing (${driver}): apt-get install mesa-vulkan-drivers`;
  const headers = spawnSync("cc", ["-fsyntax-only", "-x", "c", "-"], { input: "#include <vulkan/vk_layer.h>" });
  if (headers.status !== 0) return "A C compiler and Vulkan's headers are missing: apt-get install gcc libvulkan-dev";
  return null;
}

/**
 * Compiles complete WGSL texts, by the name of their kernel, for every family of `generations`.
 *
 * @throws Error with the compiler's output, if a kernel does not compile
 */
export function compileOffline(kernels: ReadonlyMap<string, string>): Compiled[] {
  const folder = mkdtempSync(join(tmpdir(), "pixelcycle-offline-"));
  try {
    copyFileSync(join(here, "null-gpu-layer.json"), join(folder, "null-gpu-layer.json"));
    const library = join(folder, "libnull_gpu.so");
    run("cc", ["-O2", "-shared", "-fPIC", "-o", library, join(here, "null-gpu-layer.c")], process.env);
    const files = [...kernels].map(([kernel, text], i) => {
      const base = join(folder, `${i}`);
      writeFileSync(`${base}.wgsl`, text);
      return { kernel, base };
    });
    const sources = files.map(({ base }) => `${base}.wgsl`);
    return Object.keys(generations).flatMap((family) => {
      run(process.execPath, [join(here, "pipelines.mjs"), ...sources], {
        ...process.env,
        VK_ICD_FILENAMES: driver,
        VK_DRIVER_FILES: driver,
        VK_LAYER_PATH: folder,
        VK_INSTANCE_LAYERS: "VK_LAYER_GPU_OFFLINE_null_gpu",
        RADV_FORCE_FAMILY: family,
        MESA_SHADER_CACHE_DISABLE: "true",
      });
      return files.map(({ kernel, base }) => reportOf(kernel, family, base));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${stdout}${stderr}`);
}

/** Reads the layer's report on a pipeline. */
function reportOf(kernel: string, family: string, base: string): Compiled {
  // A hash exceeds JavaScript's number precision.
  const text = readFileSync(`${base}.json`, "utf8").replace(/"([^"]*[Hh]ash)": (\d+)/g, '"$1": "$2"');
  const statistics = JSON.parse(text) as Record<string, number>;
  const subgroup = statistics["Subgroup size"];
  return {
    kernel,
    family,
    registers: statistics.VGPRs,
    spilled: statistics["Spilled VGPRs"] + statistics["Spilled SGPRs"],
    waves: Math.floor((statistics["Subgroups per SIMD"] * lanes) / subgroup), // RADV counts wave64 twice
    ceiling: ceilingOf(readFileSync(`${base}.isa`, "utf8"), subgroup, generations[family]),
  };
}

/** The lanes of a SIMD's arithmetic. */
const lanes = 32;
