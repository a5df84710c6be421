// npm run bench: how fast the engine is, against what the adapter can do. docs/speed.md says how to read it.

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { makePlan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { input, type Tensor } from "../src/autograd/tensor.ts";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { timeDispatches } from "../src/gpu/timing.ts";
import { image } from "../src/kernels/operation.ts";
import { networkName, type PatchDiscriminator } from "../src/nn/architecture.ts";
import { converting } from "../src/nn/layers.ts";
import { network } from "../src/nn/networks.ts";
import { openWebGpu } from "../src/platform/gpu.node.ts";
import { convolutionLayers, timeLayer, withGradients, type Layer, type LayerTime } from "./layers.ts";
import { fillRandomly, median } from "./measure.ts";
import { help, readSizes, resnetOf } from "./options.ts";
import { measurePeak, type Peak } from "./peak.ts";

const usage = `npm run bench -- [options]
  --variants       every variant of the table for each layer, taking turns
  --layer TEXT     only layers whose name contains TEXT, and not the whole network
  --gradients      the discriminator's layers too, and the gradients of all by their inputs and filters
${help}
  --repeats N      runs of each kernel, of which the median counts (3)
  --fast           without Dawn's robustness checks and validation
  --json           the same as one JSON object`;

interface Forward {
  /** What a caller waits for, submits and all. */
  seconds: number;
  /** What the GPU's clock says of each kind of kernel, in one run. */
  kinds: { kind: string; dispatches: number; seconds: number }[];
  compileSeconds: number;
  flops: number;
  bytes: number;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      variants: { type: "boolean", default: false },
      layer: { type: "string" },
      gradients: { type: "boolean", default: false },
      size: { type: "string", default: "256" },
      ngf: { type: "string", default: "64" },
      blocks: { type: "string", default: "9" },
      repeats: { type: "string", default: "3" },
      fast: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return { ...values, ...readSizes(values) };
}

/** The generator's layers; with their gradients, those of the discriminator that it is trained against as well. */
function layersOf(generated: Tensor, { gradients, size }: { gradients: boolean; size: number }): Layer[] {
  if (!gradients) return convolutionLayers([generated]);
  const discriminator: PatchDiscriminator = { kind: "patch", inputChannels: 3, ndf: 64, layers: 3, norm: "instance" };
  const judged = network(discriminator, input("generated", image(1, 3, size, size)), converting);
  return [generated, judged].flatMap((output) => convolutionLayers([output])).flatMap(withGradients);
}

/** The whole network on random numbers. */
async function timeForward(gpu: Gpu, output: Tensor, repeats: number): Promise<Forward> {
  const plan = makePlan(traitsOf(gpu), [output]);
  const parameters = new Map<string, GPUBuffer>();
  for (const [name, { bytes }] of plan.parameters) {
    const buffer = await gpu.buffers.acquire(bytes, name);
    fillRandomly(gpu, buffer);
    parameters.set(name, buffer);
  }
  const start = performance.now();
  const program = await Program.prepare(gpu, plan, parameters);
  fillRandomly(gpu, program.inputBuffer("input"));
  await program.run();
  const firstSeconds = (performance.now() - start) / 1e3;
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await program.run();
    times.push((performance.now() - start) / 1e3);
  }
  const seconds = median(times);
  const kinds = new Map<string, { kind: string; dispatches: number; seconds: number }>();
  const nanoseconds = await timeDispatches(gpu, program.dispatches);
  program.dispatches.forEach(({ label }, i) => {
    const kind = label.replace(/ (\[|of ).*/, "");
    const sum = kinds.get(kind) ?? { kind, dispatches: 0, seconds: 0 };
    sum.dispatches++;
    sum.seconds += nanoseconds[i] / 1e9;
    kinds.set(kind, sum);
  });
  program.release();
  parameters.forEach((buffer) => gpu.buffers.release(buffer));
  return {
    seconds,
    kinds: [...kinds.values()].sort((a, b) => b.seconds - a.seconds),
    compileSeconds: Math.max(0, firstSeconds - seconds),
    flops: plan.flops,
    bytes: plan.bytes + plan.parameterBytes,
  };
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return rows.map((row) => row.map(align).join("  ").trimEnd()).join("\n");
}

const giga = (value: number) => (value / 1e9).toFixed(value < 1e12 ? 1 : 0);
const milliseconds = (seconds: number) => `${(seconds * 1e3).toFixed(seconds < 0.1 ? 2 : 0)} ms`;
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

function layerRows({ name, count, flops }: Layer, times: readonly LayerTime[], peak: Peak): string[][] {
  return times.map(({ variant, chosen, seconds, compileSeconds }) => [
    name,
    `${count}`,
    milliseconds(seconds),
    giga(flops / seconds),
    percent(flops / seconds, peak.flopsPerSecond),
    `${compileSeconds.toFixed(1)} s`,
    `${variant}${times.length > 1 && chosen ? " (chosen)" : ""}`,
  ]);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(usage);
  // Compile times are those of a first run, not of a driver's cache.
  process.env.MESA_SHADER_CACHE_DISABLE = "true";
  const entry = await openWebGpu({ fast: options.fast });
  const gpu = await Gpu.open(entry);
  const print = options.json ? () => {} : (text: string) => console.log(text);
  const load = loadavg()[0];
  print(`adapter  ${gpu.adapter.name}, ${gpu.adapter.driver}; load of the machine before the run ${load.toFixed(1)}`);

  const peak = await measurePeak(gpu, options.repeats);
  print(`peak     ${giga(peak.flopsPerSecond)} GFLOP/s (${peak.arithmetic})`);
  print(`         ${giga(peak.bytesPerSecond)} GB/s (${peak.memory})\n`);

  const { ngf, blocks, size } = options;
  const architecture = resnetOf(ngf, blocks);
  const output = network(architecture, input("input", image(1, 3, size, size)), converting);
  const layers = layersOf(output, options).filter(({ name }) => name.includes(options.layer ?? ""));
  if (layers.length === 0) throw new UserError(`No layer's name contains "${options.layer}".`);
  const measured: { layer: Layer; times: LayerTime[] }[] = [];
  for (const layer of layers) {
    measured.push({ layer, times: await timeLayer(gpu, layer, options.repeats, options.variants) });
    gpu.buffers.trim();
  }
  const head = ["layer", "count", "time", "GFLOP/s", "of peak", "compile", "variant"];
  print(table([head, ...measured.flatMap(({ layer, times }) => layerRows(layer, times, peak))]));

  let forward: Forward | undefined;
  if (options.layer === undefined) {
    forward = await timeForward(gpu, output, options.repeats);
    const { seconds, flops, compileSeconds, bytes, kinds } = forward;
    const what = `${networkName(architecture)}, ngf ${ngf}, forward at ${size}x${size}`;
    print(`\n${what}: ${milliseconds(seconds)}, ${giga(flops / seconds)} GFLOP/s,`);
    print(
      `${percent(flops / seconds, peak.flopsPerSecond)} of peak; ${(bytes / 2 ** 20).toFixed(0)} MiB; ` +
        `first run ${compileSeconds.toFixed(1)} s longer\n`,
    );
    const total = kinds.reduce((sum, kind) => sum + kind.seconds, 0);
    const rows = kinds.map((sum) => [
      sum.kind,
      `${sum.dispatches}`,
      milliseconds(sum.seconds),
      percent(sum.seconds, total),
    ]);
    print(table([["kind", "dispatches", "time", "share"], ...rows]));
  }
  if (options.json) {
    const { software: _software, ...adapter } = gpu.adapter;
    const results = measured.map(({ layer: { name, count, flops }, times }) => ({ name, count, flops, times }));
    console.log(JSON.stringify({ adapter, load, options, peak, layers: results, forward }, null, 2));
  }
  gpu.close();
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
