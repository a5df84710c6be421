// The Python that compares with us, or loads what we wrote: PIXELCYCLE_PYTHON names it, for example
// in a virtual environment.

import { spawnSync } from "node:child_process";

export const python = process.env.PIXELCYCLE_PYTHON ?? "python3";

/** Whether it has a module; without it a test is skipped. */
export function pythonHas(module: string): boolean {
  return spawnSync(python, ["-c", `import ${module}`]).status === 0;
}
