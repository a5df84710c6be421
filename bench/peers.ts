// npm run bench:peers: compares a forward pass of the ResNet, or with --step a training step, with
// other frameworks on WebGPU, and with --pytorch with PyTorch on the processor. All use the same
// weights and pictures, all on WebGPU the same adapter, and they take turns in one run. If an
// output differs from ours, the comparison is void.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { networkName } from "../src/nn/architecture.ts";
import { openWebGpu } from "../src/platform/gpu/gpu.node.ts";
import { runBench } from "./command.ts";
import { frameworks, installPeers, race, type Contender, type Opponents, type Result } from "./contenders.ts";
import { forwardContenders, forwardInPage, forwardTolerance, pictureDifference } from "./forward.ts";
import { help, readSizes, readWhole, resnetOf } from "./options.ts";
import { readPageAdapter, type PageAdapter } from "./page/chromium.ts";
import { lossDifference, stepContenders, stepTolerance } from "./training-step.ts";

const usage = `npm run bench:peers -- [options]
${help}
  --step           a training step; then 64 pixels, 32 filters and 6 blocks are what nothing says otherwise,
                   and 6 is the only number of blocks
  --ndf N          filters of the first layer of the discriminators (64)
  --repeats N      turns of each, of which the median counts (3)
  --against NAMES  which frameworks on WebGPU take part, with commas between them, or none (${frameworks.join(",")})
  --page ADAPTER   in Chromium and not in Node, on its "swiftshader" or on the machine's "gpu"; no training step
  --pytorch PYTHON a Python that has PyTorch, which then takes part on the processor, in both memory layouts
  --json           the same as one JSON object`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      step: { type: "boolean", default: false },
      size: { type: "string" },
      ngf: { type: "string" },
      blocks: { type: "string" },
      ndf: { type: "string", default: "64" },
      repeats: { type: "string", default: "3" },
      against: { type: "string", default: frameworks.join(",") },
      page: { type: "string" },
      pytorch: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const usual = values.step ? { size: "64", ngf: "32", blocks: "6" } : { size: "256", ngf: "64", blocks: "9" };
  const options = { ...values, ...readSizes({ ...usual, ...values }), ndf: readWhole("ndf", values.ndf) };
  const { step, size, blocks, page } = options;
  if (size % 4 !== 0 || size < 12)
    throw new UserError("--size takes a multiple of 4 from 12 on here: the peers pad no other size.");
  if (step && (blocks !== 6 || size < 32))
    throw new UserError("A training step takes 6 blocks, and pictures of 32 pixels a side and more.");
  if (page !== undefined && step) throw new UserError("--page has no training step: leave --step out.");
  const adapter = page === undefined ? undefined : readPageAdapter(page);
  return { ...options, page: adapter, against: readFrameworks(values.against) };
}

type Options = ReturnType<typeof readOptions>;

function readFrameworks(text: string): (typeof frameworks)[number][] {
  const names = text === "none" ? [] : text.split(",");
  const unknown = names.find((name) => !frameworks.some((framework) => framework === name));
  if (unknown !== undefined)
    throw new UserError(
      `--against takes ${frameworks.join(", ")} with commas between them, or none, not "${unknown}".`,
    );
  return frameworks.filter((framework) => names.includes(framework));
}

const seconds = (milliseconds: number) => `${(milliseconds / 1e3).toFixed(2)} s`;

function timesOf({ name, first, milliseconds, processorMilliseconds, turns }: Result): string {
  const each = turns.map(({ milliseconds, load }) => `${seconds(milliseconds)} at a load of ${load.toFixed(1)}`);
  return (
    `\n${name}: ${seconds(milliseconds)}, on all cores ${seconds(processorMilliseconds)}\n` +
    `  ${each.join(", ")}; first ${seconds(first.milliseconds)}`
  );
}

interface Field {
  contenders: readonly Contender[];
  adapter: { name: string; software: boolean };
  close(): Promise<void>;
}

async function enterNode(options: Options, opponents: Opponents): Promise<Field> {
  const { step, size, ngf, ndf, blocks } = options;
  const gpu = await Gpu.open(await openWebGpu());
  const contenders = step
    ? await stepContenders(gpu, opponents, { size, ngf, ndf })
    : await forwardContenders(gpu, opponents, resnetOf(ngf, blocks), size);
  return { contenders, adapter: gpu.adapter, close: () => Promise.resolve() };
}

async function enterPage(page: PageAdapter, { size, ngf, blocks }: Options, opponents: Opponents): Promise<Field> {
  const ours = fileURLToPath(new URL("../dist-bench/page/ours.js", import.meta.url));
  const architecture = resnetOf(ngf, blocks);
  const { contenders, close } = await forwardInPage(opponents, ours, architecture, size, page);
  return { contenders, adapter: { name: `Chromium's ${page}`, software: page !== "gpu" }, close };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(usage);
  const { step, size, ngf, ndf, blocks, repeats, against, page, pytorch, json } = options;
  const folder = fileURLToPath(new URL("../bench/peers/", import.meta.url));
  if (against.length > 0) installPeers(folder);
  const print = json ? () => {} : (text: string) => console.log(text);
  const network = `${networkName(resnetOf(ngf, blocks))}, ngf ${ngf}`;
  print(step ? `step     ${network}, ndf ${ndf}, at ${size}x${size}` : `forward  ${network}, at ${size}x${size}`);
  const opponents = { folder, against, python: pytorch };
  const { contenders, adapter, close } =
    page === undefined ? await enterNode(options, opponents) : await enterPage(page, options, opponents);
  try {
    print(`adapter  ${adapter.name}`);
    const differenceOf = step ? lossDifference : pictureDifference;
    const results = await race(contenders, repeats);
    const summary = results.map((result) => ({
      ...result,
      difference: differenceOf(result.first.output, results[0].first.output),
    }));
    summary.forEach((result) => print(timesOf(result)));
    print("");
    for (const { name, ratio, processorRatio, difference } of summary.slice(1)) {
      const work = adapter.software ? ` (${processorRatio.toFixed(2)} times by the processor time of all cores)` : "";
      print(`ours is ${ratio.toFixed(2)} times as fast as ${name}${work}`);
      print(
        `  ${step ? "losses differ by" : "outputs differ in norm by"} ${difference.toExponential(1)} of their size`,
      );
    }
    if (json) {
      const bare = summary.map(({ first, ...result }) => ({ ...result, firstMilliseconds: first.milliseconds }));
      const sizes = { size, ngf, blocks, ...(step && { ndf }) };
      console.log(JSON.stringify({ adapter, step, ...sizes, summary: bare }, null, 2));
    }
    const tolerance = step ? stepTolerance : forwardTolerance;
    const wrong = summary.filter(({ difference }) => !(difference < tolerance));
    if (wrong.length > 0) {
      throw new UserError(`Void: the output of ${wrong.map(({ name }) => name).join(" and ")} is not ours.`);
    }
  } finally {
    contenders.forEach((contender) => contender.close());
    await close();
  }
}

await runBench(main);
