// Which kernels a run computes with. Each kernel rounds in its own way, so the choice is made once,
// before the first step, and is part of the run's state. A run without choices follows the rules.

import { traitsOf } from "../../autograd/program.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { planStep, type BatchShape } from "../step/plan.ts";
import type { StateRecord } from "./state-file.ts";
import type { RunSurroundings } from "./surroundings.ts";

/**
 * Makes a device compute with the choices of a run, and returns its record with them.
 *
 * @param shapes of most batches, and of a smaller last one
 * @param measure measures the kernels of a run that has not begun
 */
export async function applyChoices(
  gpu: Gpu,
  record: StateRecord,
  shapes: readonly BatchShape[],
  measure: RunSurroundings["chooseKernels"],
): Promise<StateRecord> {
  gpu.choices = new Map();
  if (measure && record.step === 0 && !record.choices) {
    const measured = await measure(
      gpu,
      shapes.map((shape) => planStep(record.options, shape, traitsOf(gpu)).plan),
    );
    if (measured) record = { ...record, choices: Object.fromEntries(measured) };
  }
  gpu.choices = new Map(Object.entries(record.choices ?? {}));
  return record;
}
