// npm run bench:peers: our forward of the ResNet against that of other frameworks on WebGPU, on the same adapter, with
// the same weights and input, taking turns in one run. A peer is a process of its own under bench/peers. Where its output
// is not ours, the comparison is void.

import { fork, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makePlan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { input } from "../src/autograd/tensor.ts";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { pack, unpack } from "../src/kernels/layout.ts";
import { elements, image } from "../src/kernels/operation.ts";
import { networkName, stateDict } from "../src/nn/architecture.ts";
import { converting } from "../src/nn/layers.ts";
import { network } from "../src/nn/networks.ts";
import { uploadWeights } from "../src/nn/weights.ts";
import { openWebGpu } from "../src/platform/gpu.node.ts";
import { median, randomNumbers } from "./measure.ts";
import { help, readSizes, resnetOf } from "./options.ts";

const usage = `npm run bench:peers -- [options]
${help}
  --repeats N      turns of each, of which the median counts (3)
  --json           the same as one JSON object`;

/** Float32 sums of thousands of terms in another order differ by about 1e-6 of their size a layer. */
const tolerance = 1e-4;

interface Shaped {
  shape: readonly number[];
  data: Float32Array<ArrayBuffer>;
}

/** One forward, from a call to the numbers of the output. */
interface Run {
  milliseconds: number;
  /** What all cores spent on it: on a software adapter the work itself, whatever else the machine does. */
  processorMilliseconds: number;
  output: Float32Array;
}

interface Contender {
  name: string;
  run(): Promise<Run>;
  close(): void;
}

interface Turn {
  milliseconds: number;
  processorMilliseconds: number;
  /** Of the machine, just before. */
  load: number;
}

/** Installs what the peers need, which nothing else here does. */
function install(folder: string): void {
  if (existsSync(`${folder}node_modules`)) return;
  console.error("Installing the peers into bench/peers/node_modules, once.");
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new UserError("The peers could not be installed: `npm install` in bench/peers says why.");
}

async function answer<T>(peer: ChildProcess, name: string): Promise<T> {
  const left = new AbortController();
  try {
    const exit = once(peer, "exit", { signal: left.signal }).then(() => {
      throw new Error(`The peer ${name} ended early.`);
    });
    const [message] = (await Promise.race([once(peer, "message", { signal: left.signal }), exit])) as [T];
    return message;
  } finally {
    left.abort();
  }
}

async function startPeer(file: string, setup: unknown): Promise<Contender> {
  const peer = fork(file, { serialization: "advanced" });
  peer.send(setup as object);
  const { ready } = await answer<{ ready: string }>(peer, file);
  return {
    name: ready,
    run() {
      peer.send("run");
      return answer(peer, ready);
    },
    close: () => peer.kill(),
  };
}

async function startOurs(
  gpu: Gpu,
  architecture: ReturnType<typeof resnetOf>,
  weights: ReadonlyMap<string, Shaped>,
  picture: Shaped,
): Promise<Contender> {
  const type = image(...(picture.shape as [number, number, number, number]));
  const plan = makePlan(traitsOf(gpu), [network(architecture, input("image", type), converting)]);
  const tensors = [...weights].map(([name, { shape, data }]) => {
    return { name, dtype: "float32" as const, shape: [...shape], data: new Uint8Array(data.buffer) };
  });
  const program = await Program.prepare(gpu, plan, await uploadWeights(gpu, architecture, tensors));
  program.write("image", pack(type, picture.data));
  return {
    name: "pixelcycle",
    async run() {
      const start = performance.now();
      const usage = process.cpuUsage();
      await program.run();
      const bytes = await program.read();
      const milliseconds = performance.now() - start;
      const { user, system } = process.cpuUsage(usage);
      const processorMilliseconds = (user + system) / 1e3;
      return { milliseconds, processorMilliseconds, output: unpack(plan.outputs[0].type!, new Float32Array(bytes)) };
    },
    close: () => gpu.close(),
  };
}

function relativeError(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "256" },
      ngf: { type: "string", default: "64" },
      blocks: { type: "string", default: "9" },
      repeats: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const { size, ngf, blocks, repeats } = readSizes(values);
  if (size % 4 !== 0 || size < 12)
    throw new UserError("--size takes a multiple of 4 from 12 on here: the peers pad no other size.");

  const folder = fileURLToPath(new URL("../bench/peers/", import.meta.url));
  install(folder);
  const print = values.json ? () => {} : (text: string) => console.log(text);
  const architecture = resnetOf(ngf, blocks);
  const weights = new Map<string, Shaped>(
    stateDict(architecture).map(({ name, shape }) => {
      const data = randomNumbers(elements({ shape })).map((number) => number / 20);
      return [name, { shape, data }];
    }),
  );
  const picture: Shaped = { shape: [1, 3, size, size], data: randomNumbers(3 * size * size) };

  const entry = await openWebGpu();
  const gpu = await Gpu.open(entry);
  print(`adapter  ${gpu.adapter.name}, ${gpu.adapter.driver}`);
  print(`forward  ${networkName(architecture)}, ngf ${ngf}, at ${size}x${size}`);
  const contenders: Contender[] = [];
  try {
    contenders.push(await startOurs(gpu, architecture, weights, picture));
    contenders.push(await startPeer(`${folder}tfjs.mjs`, { weights, input: picture, blocks }));

    const results: { name: string; first: Run; turns: Turn[] }[] = [];
    for (const { name, run } of contenders) results.push({ name, first: await run(), turns: [] });
    for (let turn = 0; turn < repeats; turn++) {
      for (const [i, { run }] of contenders.entries()) {
        const load = loadavg()[0];
        const { milliseconds, processorMilliseconds } = await run();
        results[i].turns.push({ milliseconds, processorMilliseconds, load });
      }
    }
    const ours = results[0].first.output;
    const medianOf = (turns: Turn[], key: keyof Turn) => median(turns.map((turn) => turn[key]));
    const ratioOf = (turns: Turn[], key: keyof Turn) => medianOf(turns, key) / medianOf(results[0].turns, key);
    const seconds = (milliseconds: number) => `${(milliseconds / 1e3).toFixed(2)} s`;
    const summary = results.map(({ name, first, turns }) => ({
      name,
      firstMilliseconds: first.milliseconds,
      milliseconds: medianOf(turns, "milliseconds"),
      processorMilliseconds: medianOf(turns, "processorMilliseconds"),
      ratio: ratioOf(turns, "milliseconds"),
      processorRatio: ratioOf(turns, "processorMilliseconds"),
      relativeError: relativeError(first.output, ours),
      turns,
    }));
    for (const { name, firstMilliseconds, milliseconds, processorMilliseconds, turns } of summary) {
      print(`\n${name}: ${seconds(milliseconds)}, on all cores ${seconds(processorMilliseconds)}`);
      const each = turns.map(({ milliseconds, load }) => `${seconds(milliseconds)} at a load of ${load.toFixed(1)}`);
      print(`  ${each.join(", ")}; first ${seconds(firstMilliseconds)}`);
    }
    print("");
    for (const { name, ratio, processorRatio, relativeError } of summary.slice(1)) {
      const work = gpu.adapter.software
        ? ` (${processorRatio.toFixed(2)} times by the processor time of all cores)`
        : "";
      print(`ours is ${ratio.toFixed(2)} times as fast as ${name}${work}`);
      print(`  outputs differ by ${relativeError.toExponential(1)} of their size`);
    }
    if (values.json) console.log(JSON.stringify({ adapter: gpu.adapter, size, ngf, blocks, summary }, null, 2));
    const wrong = summary.filter(({ relativeError }) => !(relativeError < tolerance));
    if (wrong.length > 0) {
      throw new UserError(`Void: the output of ${wrong.map(({ name }) => name).join(" and ")} is not ours.`);
    }
  } finally {
    contenders.forEach((contender) => contender.close());
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
