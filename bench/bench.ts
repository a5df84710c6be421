// npm run bench: measures the speed of the engine, compared with the adapter's peak. docs/speed.md
// explains the results.

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { withFlags } from "../src/cli/options/flags.ts";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import type { Trace } from "../src/gpu/trace.ts";
import { byteLength } from "../src/kernels/core/operation.ts";
import { networkName } from "../src/nn/architecture.ts";
import { writeFileAtomically } from "../src/platform/files/files.node.ts";
import { withTrace } from "../src/platform/files/trace-file.node.ts";
import { debugFromEnvironment, openWebGpu } from "../src/platform/gpu/gpu.node.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../src/train/options/options.ts";
import { runBench } from "./command.ts";
import { axes, forwardOf, growthOf, stepOf, type Axis, type Growth } from "./growth.ts";
import { climb, filterLadder, forwardLadder, ladderLayer, ladderSide, type Ladder } from "./ladder.ts";
import type { Layer, LayerTime } from "./layers.ts";
import { benchNetwork, type Forward } from "./network.ts";
import { help, readSizes, readWhole, resnetOf } from "./options.ts";
import { measurePeak, type Peak } from "./peak.ts";
import { reportPage } from "./report/page.ts";
import type { BenchReport, LayerReport } from "./report/report.ts";
import { measureStep } from "./step-times.ts";
import { compileTime, giga, kindHead, kindRows, layerCells, layerHead, duration, percent, table } from "./text.ts";

const usage = `npm run bench -- [options]
  --variants       every variant of the table for each layer, taking turns
  --layer TEXT     only layers whose name contains TEXT, and not the whole network
  --ladder         one layer in every rung of docs/ladder.md, taking turns, and nothing else; with --gradients
                   its gradient with respect to the filters
  --rung N         that layer in one rung
  --gradients      the discriminator's layers too, and the gradients of all by their inputs and filters
${help}
  --repeats N      runs of each kernel, of which the median counts (3)
  --step           a training step too, with the same networks
  --growth         and how time and memory grow with the side, the width and the batch, from those sizes on
  --seconds N      at most so long, by estimate, for a run of --growth or a way of --step (15)
  --fast           without Dawn's robustness checks and validation
  --json FILE      the same as one JSON object; - prints it instead
  --html FILE      the same as a page, with the roofline and the growth drawn; not for --ladder
  --trace FILE     a timeline for ui.perfetto.dev; writing it slows the forward pass down`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      variants: { type: "boolean", default: false },
      layer: { type: "string" },
      ladder: { type: "boolean", default: false },
      rung: { type: "string" },
      gradients: { type: "boolean", default: false },
      size: { type: "string", default: "256" },
      ngf: { type: "string", default: "64" },
      blocks: { type: "string", default: "9" },
      repeats: { type: "string", default: "3" },
      step: { type: "boolean", default: false },
      growth: { type: "boolean", default: false },
      seconds: { type: "string", default: "15" },
      fast: { type: "boolean", default: false },
      json: { type: "string" },
      html: { type: "string" },
      trace: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { rung, ladder, html, step, growth, blocks, gradients } = values;
  const { length } = gradients ? filterLadder.rungs : forwardLadder.rungs;
  if (rung !== undefined && !(/^\d+$/.test(rung) && Number(rung) < length)) {
    throw new UserError(`--rung takes a number from 0 to ${length - 1}, not "${rung}".`);
  }
  if (html !== undefined && (ladder || rung !== undefined))
    throw new UserError(
      "--html shows a network: leave --ladder and --rung out. `node bench/roofline.mjs` draws the ladder.",
    );
  if ((step || growth) && blocks !== "6" && blocks !== "9")
    throw new UserError("A training step takes --blocks 6 or 9.");
  const seconds = readWhole("seconds", values.seconds);
  return {
    ...values,
    ...readSizes(values),
    seconds,
    rungs: rung === undefined ? [...Array(length).keys()] : [Number(rung)],
  };
}

function layerRows(layer: Layer, times: readonly LayerTime[], peak: Peak): string[][] {
  return times.map((time) => {
    const variant = times.length > 1 && time.chosen ? `${time.variant} (chosen)` : time.variant;
    return layerCells(layer, { ...time, variant }, peak);
  });
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(usage);
  await withTrace(
    options.trace,
    (sentence) => console.error(withFlags(sentence)),
    (trace) => measure(options, trace),
  );
}

async function measure(options: Options, trace?: Trace): Promise<void> {
  // Compile times should be those of a first run, without the driver's cache.
  process.env.MESA_SHADER_CACHE_DISABLE = "true";
  const entry = await openWebGpu({ fast: options.fast });
  const gpu = await Gpu.open(entry, { debug: debugFromEnvironment(), trace });
  const print = options.json === "-" ? () => {} : (text: string) => console.log(text);
  const load = loadavg()[0];
  print(`adapter  ${gpu.adapter.name}, ${gpu.adapter.driver}; load of the machine before the run ${load.toFixed(1)}`);

  if (options.ladder || options.rung !== undefined) {
    const date = new Date().toISOString().slice(0, 10);
    const { software: _software, ...adapter } = gpu.adapter;
    const climbed = options.gradients
      ? await measureLadder(gpu, filterLadder, options, print)
      : await measureLadder(gpu, forwardLadder, options, print);
    await writeJson({ date, adapter, load, ...climbed }, options.json);
  } else {
    const report = await measureNetwork(gpu, options, load, print);
    await writeJson(report, options.json);
    if (options.html !== undefined) await writeFileAtomically(options.html, reportPage(report));
  }
  gpu.close();
}

async function writeJson(result: object, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (file === "-") process.stdout.write(text);
  else await writeFileAtomically(file, text);
}

type Print = (text: string) => void;
/** The most memory, on a GPU or in the machine, that a run of --growth may take. */
const mostGrowthBytes = 2 ** 31;

type Options = ReturnType<typeof readOptions>;

function printPeak(peak: Peak, print: Print): void {
  print(`peak     ${giga(peak.flopsPerSecond)} GFLOP/s (${peak.arithmetic})`);
  print(`         ${giga(peak.bytesPerSecond)} GB/s (${peak.memory})\n`);
}

/** The peak is measured before and after, as for a network. */
async function measureLadder<A>(gpu: Gpu, ladder: Ladder<A>, { rungs: numbers, repeats }: Options, print: Print) {
  const earlier = await measurePeak(gpu, { repeats });
  const climbed = await climb(gpu, ladder, numbers, { side: ladderSide, repeats });
  const peak = await measurePeak(gpu, { repeats, earlier });
  printPeak(peak, print);
  const layer = ladderLayer(ladder, ladderSide);
  print(`${ladder.operation.name} ${layer.name}, ${giga(layer.flops)} GFLOP\n`);
  const rows = climbed.map((time) => {
    return [`${time.number} ${ladder.rungs[time.number].adds}`, ...layerCells(layer, time, peak).slice(2)];
  });
  print(table([["rung", ...layerHead.slice(2)], ...rows]));
  return { peak, flops: layer.flops, rungs: climbed };
}

async function measureNetwork(gpu: Gpu, options: Options, load: number, print: Print): Promise<BenchReport> {
  const { ngf, blocks, size, fast } = options;
  const date = new Date().toISOString();
  const architecture = resnetOf(ngf, blocks);
  let layers: readonly Layer[] = [];
  let peak!: Peak;
  let forward: Forward | undefined;
  const measured: { layer: Layer; times: readonly LayerTime[] }[] = [];
  for await (const event of benchNetwork(gpu, { ...options, architecture })) {
    if (event.kind === "planned") layers = event.layers;
    else if (event.kind === "layer") measured.push({ layer: layers[event.index], times: event.times });
    else if (event.kind === "forward") forward = event.forward;
    else if (event.kind === "peak") peak = event.peak;
  }
  printPeak(peak, print);
  print(table([layerHead, ...measured.flatMap(({ layer, times }) => layerRows(layer, times, peak))]));
  if (forward) {
    const { seconds, flops, compileSeconds, bytes } = forward;
    const what = `${networkName(architecture)}, ngf ${ngf}, forward at ${size}x${size}`;
    print(`\n${what}: ${duration(seconds)}, ${giga(flops / seconds)} GFLOP/s,`);
    print(
      `${percent(flops / seconds, peak.flopsPerSecond)} of peak; ${(bytes / 2 ** 20).toFixed(0)} MiB; ` +
        `first run ${compileTime(compileSeconds)} longer\n`,
    );
    print(table([kindHead, ...kindRows(forward.kinds)]));
  }
  const training: TrainingOptions = {
    ...defaultTrainingOptions,
    ...{ netG: blocks === 6 ? "resnet_6blocks" : "resnet_9blocks", ngf, ndf: ngf },
  };
  const step = options.step ? await measureStep(gpu, training, size, options.seconds) : undefined;
  if (step) print(`\na training step: ${duration(step.inARow)} in a row, ${duration(step.alone)} alone`);
  const sizes = { side: size, width: ngf, batch: 1, blocks };
  return {
    ...{ date, versions: versionsOf(), adapter: gpu.adapter, fast, load, sizes, peak },
    layers: measured.map(({ layer, times }) => layerReport(layer, times)),
    ...{ forward, step, growth: options.growth ? await measureGrowth(gpu, training, options, print) : [] },
  };
}

function layerReport({ name, count, flops, inputs, output }: Layer, times: readonly LayerTime[]): LayerReport {
  const bytes = [...inputs, output].reduce((sum, type) => sum + byteLength(type), 0);
  return { name, count, flops, bytes, times };
}

function versionsOf(): Record<string, string> {
  return {
    pixelcycle: packageJson.version,
    Node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
  };
}

async function measureGrowth(gpu: Gpu, training: TrainingOptions, options: Options, print: Print): Promise<Growth[]> {
  const { ngf, size, blocks, repeats, seconds } = options;
  const growth: Growth[] = [];
  print("");
  for (const subject of [forwardOf(gpu, blocks, repeats), stepOf(gpu, training, repeats)])
    for (const along of Object.keys(axes) as Axis[]) {
      const limit = { seconds, bytes: mostGrowthBytes };
      const one = await growthOf(subject, along, { side: size, width: ngf, batch: 1 }, limit);
      growth.push(one);
      const last = one.points.findLast((point) => point.seconds !== undefined);
      const power = one.timeExponent?.toFixed(2) ?? "-";
      print(
        `${one.of} by ${along}: time to the power ${power}, as far as ${last?.value}; memory ${one.memoryExponent.toFixed(2)}`,
      );
      gpu.buffers.trim();
    }
  return growth;
}

await runBench(main);
