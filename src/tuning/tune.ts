// Measures the kernels of a network's layers within a few seconds, those that take most of its work
// first. What is left when the time is over follows the rules.

import type { Plan } from "../autograd/plan.ts";
import { traitsOf } from "../autograd/program.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { layersOf } from "./layers.ts";
import { measureLayer, type Measurement, type Measuring } from "./measure.ts";

/** A training step has some fifty layers, and a GPU needs about a quarter of a second for one. */
export const defaultSeconds = 10;

export interface Tuning {
  readonly seconds?: number;
  readonly signal?: AbortSignal | undefined;
  readonly timeOf?: Measuring["timeOf"];
  /** Receives the name of the layer that is measured next. */
  readonly onLayer?: (layer: string, index: number, count: number) => void;
}

export interface Tuned {
  /** Of the plans' layers, known or new, by their names. */
  readonly measurements: ReadonlyMap<string, Measurement>;
  /** The new ones among them. */
  readonly added: readonly Measurement[];
  /** How many layers the plans have. */
  readonly layers: number;
}

/**
 * @param known earlier measurements on this device, which are not repeated
 */
export async function tune(
  gpu: Gpu,
  plans: readonly Plan[],
  known: ReadonlyMap<string, Measurement>,
  { seconds = defaultSeconds, signal, timeOf, onLayer }: Tuning = {},
): Promise<Tuned> {
  const end = performance.now() + 1e3 * seconds;
  const isOver = () => signal?.aborted === true || performance.now() > end;
  const layers = layersOf(plans, traitsOf(gpu));
  const measurements = new Map<string, Measurement>();
  const added: Measurement[] = [];
  for (const [index, layer] of layers.entries()) {
    let measurement = known.get(layer.name);
    if (!measurement && !isOver()) {
      onLayer?.(layer.name, index, layers.length);
      measurement = await measureLayer(gpu, layer, { isOver, ...(timeOf && { timeOf }) });
      if (measurement) added.push(measurement);
    }
    if (measurement) measurements.set(layer.name, measurement);
  }
  gpu.buffers.trim();
  return { measurements, added, layers: layers.length };
}

/** The choices that follow from measurements. */
export function choicesOf(measurements: ReadonlyMap<string, Measurement>): Map<string, string> {
  return new Map([...measurements.values()].map(({ layer, chosen }) => [layer, chosen]));
}
