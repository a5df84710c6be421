// npm run bench: the speed of the engine, compared with the adapter's measured peak. docs/speed.md
// says how to read it.

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { Gpu } from "../src/gpu/gpu.ts";
import type { Trace } from "../src/gpu/trace.ts";
import { networkName } from "../src/nn/architecture.ts";
import { debugFromEnvironment, openWebGpu } from "../src/platform/gpu.node.ts";
import { withTrace } from "../src/platform/trace-file.node.ts";
import { UserError } from "../src/errors.ts";
import { runBench } from "./command.ts";
import { climb, ladderLayer, ladderSide, rungs } from "./ladder.ts";
import type { Layer, LayerTime } from "./layers.ts";
import { benchNetwork, type Forward } from "./network.ts";
import { help, readSizes, resnetOf } from "./options.ts";
import { measurePeak, type Peak } from "./peak.ts";
import { compileTime, giga, kindHead, kindRows, layerCells, layerHead, duration, percent, table } from "./text.ts";

const usage = `npm run bench -- [options]
  --variants       every variant of the table for each layer, taking turns
  --layer TEXT     only layers whose name contains TEXT, and not the whole network
  --ladder         one layer in every rung of docs/ladder.md, taking turns, and nothing else
  --rung N         that layer in one rung
  --gradients      the discriminator's layers too, and the gradients of all by their inputs and filters
${help}
  --repeats N      runs of each kernel, of which the median counts (3)
  --fast           without Dawn's robustness checks and validation
  --json           the same as one JSON object
  --trace FILE     what took how long, for ui.perfetto.dev; the forward takes longer while it is written`;

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
      fast: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      trace: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { rung } = values;
  if (rung !== undefined && !(/^\d+$/.test(rung) && rungs[Number(rung)])) {
    throw new UserError(`--rung takes a number from 0 to ${rungs.length - 1}, not "${rung}".`);
  }
  return { ...values, ...readSizes(values), rungs: rung === undefined ? [...rungs.keys()] : [Number(rung)] };
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
  await withTrace(options.trace, console.error, (trace) => measure(options, trace));
}

async function measure(options: Options, trace?: Trace): Promise<void> {
  // Compile times are those of a first run, not of a driver's cache.
  process.env.MESA_SHADER_CACHE_DISABLE = "true";
  const entry = await openWebGpu({ fast: options.fast });
  const gpu = await Gpu.open(entry, { debug: debugFromEnvironment(), trace });
  const print = options.json ? () => {} : (text: string) => console.log(text);
  const load = loadavg()[0];
  print(`adapter  ${gpu.adapter.name}, ${gpu.adapter.driver}; load of the machine before the run ${load.toFixed(1)}`);

  const show = (result: object) => {
    const { software: _software, ...adapter } = gpu.adapter;
    if (options.json) console.log(JSON.stringify({ adapter, load, options, ...result }, null, 2));
  };
  if (options.ladder || options.rung !== undefined) show(await measureLadder(gpu, options, print));
  else show(await measureNetwork(gpu, options, print));
  gpu.close();
}

type Print = (text: string) => void;
type Options = ReturnType<typeof readOptions>;

function printPeak(peak: Peak, print: Print): void {
  print(`peak     ${giga(peak.flopsPerSecond)} GFLOP/s (${peak.arithmetic})`);
  print(`         ${giga(peak.bytesPerSecond)} GB/s (${peak.memory})\n`);
}

/** The peak is taken before and after, as that of a network is. */
async function measureLadder(gpu: Gpu, { rungs: numbers, repeats }: Options, print: Print) {
  const earlier = await measurePeak(gpu, { repeats });
  const climbed = await climb(gpu, numbers, { side: ladderSide, repeats });
  const peak = await measurePeak(gpu, { repeats, earlier });
  printPeak(peak, print);
  const layer = ladderLayer(ladderSide);
  print(`${layer.name}, ${giga(layer.flops)} GFLOP\n`);
  const rows = climbed.map((time) => {
    return [`${time.number} ${rungs[time.number].adds}`, ...layerCells(layer, time, peak).slice(2)];
  });
  print(table([["rung", ...layerHead.slice(2)], ...rows]));
  return { peak, flops: layer.flops, rungs: climbed };
}

async function measureNetwork(gpu: Gpu, options: Options, print: Print) {
  const { ngf, blocks, size } = options;
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
  const results = measured.map(({ layer: { name, count, flops }, times }) => ({ name, count, flops, times }));
  return { peak, layers: results, forward };
}

await runBench(main);
