// Benchmarks a network: the adapter's peak, each of the network's layers separately, then the whole
// forward pass. It runs in Node and in a page; bench.ts prints the results, demo/bench shows them.

import { makePlan, type Plan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { input, type Tensor } from "../src/autograd/tensor.ts";
import { UserError } from "../src/errors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { secondsOf } from "../src/gpu/timing.ts";
import { image } from "../src/kernels/core/operation.ts";
import { median } from "../src/median.ts";
import type { PatchDiscriminator, ResnetGenerator } from "../src/nn/architecture.ts";
import { converting } from "../src/nn/layers.ts";
import { network } from "../src/nn/networks.ts";
import { convolutionLayers, timeLayer, withGradients, type Layer, type LayerTime, type LayerTiming } from "./layers.ts";
import { fillRandomly, secondsOfCall } from "./measure.ts";
import { measurePeak, type Peak } from "./peak.ts";

export interface NetworkBench extends LayerTiming {
  readonly architecture: ResnetGenerator;
  /** Pixels along a side of the picture. */
  readonly size: number;
  /**
   * Also measures the discriminator's layers, and all gradients with respect to inputs and filters.
   */
  readonly gradients: boolean;
  /** Measures only layers whose name contains this, and not the whole network. */
  readonly layer?: string;
}

/** One forward pass of the whole network. */
export interface Forward {
  /** The time that a caller waits, including submits. */
  seconds: number;
  /** The GPU time of each kind of kernel in one run, the longest first. */
  kinds: { kind: string; dispatches: number; seconds: number }[];
  compileSeconds: number;
  flops: number;
  bytes: number;
}

export type NetworkBenchEvent =
  | { kind: "planned"; layers: readonly Layer[] }
  /** What is measured next, and the completed share of everything. */
  | { kind: "measuring"; what: string; share: number }
  /**
   * Measured at the beginning and again at the end. The better result counts, since a disturbance
   * may affect only one of them.
   */
  | { kind: "peak"; peak: Peak }
  /** For the layer with that index; several times if all variants were requested. */
  | { kind: "layer"; index: number; times: readonly LayerTime[] }
  | { kind: "forward"; forward: Forward };

/** @throws UserError if no layer has such a name */
export async function* benchNetwork(gpu: Gpu, bench: NetworkBench): AsyncGenerator<NetworkBenchEvent, void, undefined> {
  const { architecture, size, repeats, signal } = bench;
  const output = network(architecture, input("input", image(1, 3, size, size)), converting);
  const layers = layersOf(output, bench).filter(({ name }) => name.includes(bench.layer ?? ""));
  if (layers.length === 0) throw new UserError(`No layer's name contains "${bench.layer}".`);
  yield { kind: "planned", layers };

  const parts = layers.length + (bench.layer === undefined ? 3 : 2);
  yield { kind: "measuring", what: "the adapter's peak", share: 0 };
  const earlier = await measurePeak(gpu, { repeats, signal });
  yield { kind: "peak", peak: earlier };
  for (const [index, layer] of layers.entries()) {
    yield { kind: "measuring", what: layer.name, share: (index + 1) / parts };
    yield { kind: "layer", index, times: await timeLayer(gpu, layer, bench) };
    gpu.buffers.trim();
  }
  if (bench.layer === undefined) {
    yield { kind: "measuring", what: "the forward pass", share: (layers.length + 1) / parts };
    yield { kind: "forward", forward: await timeForward(gpu, output, repeats, signal) };
  }
  yield { kind: "measuring", what: "the adapter's peak again", share: (parts - 1) / parts };
  yield { kind: "peak", peak: await measurePeak(gpu, { repeats, signal, earlier }) };
}

/** The generator's layers; with gradients, also those of the discriminator. */
function layersOf(generated: Tensor, { gradients, size }: Pick<NetworkBench, "gradients" | "size">): Layer[] {
  if (!gradients) return convolutionLayers([generated]);
  const discriminator: PatchDiscriminator = { kind: "patch", inputChannels: 3, ndf: 64, layers: 3, norm: "instance" };
  const judged = network(discriminator, input("generated", image(1, 3, size, size)), converting);
  return [generated, judged].flatMap((output) => convolutionLayers([output])).flatMap(withGradients);
}

/** The whole network on random numbers. */
function timeForward(gpu: Gpu, output: Tensor, repeats: number, signal?: AbortSignal): Promise<Forward> {
  return timePlan(gpu, makePlan(traitsOf(gpu), [output]), { repeats, signal });
}

/**
 * Times a network's plan, whose input is called `input`, on random numbers.
 *
 * @param isWhole if false, the kernels are also timed one by one
 */
export async function timePlan(
  gpu: Gpu,
  plan: Plan,
  { repeats, signal, isWhole = true }: { repeats: number; signal?: AbortSignal | undefined; isWhole?: boolean },
): Promise<Forward> {
  const parameters = new Map<string, GPUBuffer>();
  let program: Program | undefined;
  try {
    for (const [name, { bytes }] of plan.parameters) {
      const buffer = await gpu.buffers.acquire(bytes, name);
      parameters.set(name, buffer);
      fillRandomly(gpu, buffer);
    }
    const start = performance.now();
    program = await Program.prepare(gpu, plan, parameters);
    const { dispatches } = program;
    fillRandomly(gpu, program.inputBuffer("input"));
    await program.run({ signal });
    const firstSeconds = (performance.now() - start) / 1e3;
    const times: number[] = [];
    for (let i = 0; i < repeats; i++) times.push(await secondsOfCall(() => program!.run({ signal })));
    const seconds = median(times);
    return {
      seconds,
      kinds: isWhole ? await timeKinds(gpu, dispatches, signal) : [],
      compileSeconds: Math.max(0, firstSeconds - seconds),
      flops: plan.flops,
      bytes: plan.bytes + plan.parameterBytes,
    };
  } finally {
    program?.release();
    parameters.forEach((buffer) => gpu.buffers.release(buffer));
  }
}

/** Times dispatches in order, since each reads the results of earlier ones. */
async function timeKinds(gpu: Gpu, dispatches: Program["dispatches"], signal?: AbortSignal): Promise<Forward["kinds"]> {
  const kinds = new Map<string, Forward["kinds"][number]>();
  for (const dispatch of dispatches) {
    signal?.throwIfAborted();
    const kind = dispatch.label.replace(/ (\[|of ).*/, "");
    const sum = kinds.get(kind) ?? { kind, dispatches: 0, seconds: 0 };
    sum.dispatches++;
    sum.seconds += await secondsOf(gpu, [dispatch]);
    kinds.set(kind, sum);
  }
  return [...kinds.values()].sort((a, b) => b.seconds - a.seconds);
}
