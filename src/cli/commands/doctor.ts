// `pixelcycle doctor`: reports whether this machine can run the networks, on which device, and what
// to do if it cannot.

import { join } from "node:path";
import type { Command } from "commander";
import packageJson from "../../../package.json" with { type: "json" };
import { isOlder, minimumVersion, readOsRelease, wayToAdapter } from "../../../scripts/machine.mjs";
import { makePlan } from "../../autograd/plan.ts";
import { Program, traitsOf } from "../../autograd/program.ts";
import { apply, input } from "../../autograd/tensor.ts";
import { UserError, withoutFullStop } from "../../errors.ts";
import type { AdapterDescription } from "../../gpu/adapter.ts";
import { NoAdapterError } from "../../gpu/errors.ts";
import { Gpu, type GpuLimits } from "../../gpu/gpu.ts";
import { convolution } from "../../kernels/convolution/convolution.ts";
import { pack, unpack } from "../../kernels/core/layout.ts";
import { elements } from "../../kernels/core/operation.ts";
import { cacheStorage } from "../../platform/files/cache.node.ts";
import { openWebGpu } from "../../platform/gpu/gpu.node.ts";
import { packageFolder } from "../../platform/models/bundled.node.ts";
import { ChoiceCache, type CacheStorage } from "../../tuning/cache.ts";
import type { Measurement } from "../../tuning/measure.ts";
import { kernelLines } from "../terminal/kernels.ts";
import { print, printJson } from "../terminal/print.ts";

/** The output of `--json`. Unknown values are null. */
export interface Diagnosis {
  ok: boolean;
  /** Each problem, with what to do about it. */
  problems: { problem: string; fix: string }[];
  node: { version: string; needed: string };
  adapter: AdapterDescription | null;
  features: { "shader-f16": boolean; subgroups: boolean; "timestamp-query": boolean } | null;
  /** Lanes of a subgroup; 0 if they vary. */
  subgroupSize: number | null;
  /** In bytes and counts. */
  limits: GpuLimits | null;
  /** The relative error of a convolution on the adapter, compared with float64. */
  selfCheck: { relativeError: number; allowed: number } | null;
  /** What `pixelcycle tune` or a training measured on the adapter, and the file where it is kept. */
  kernels: { file: string; unused: string | null; layers: Measurement[] } | null;
}

const help = `
The JSON is { ok, problems: [{ problem, fix }], node: { version, needed }, adapter: { name, vendor, architecture,
driver, software }, features: { name: boolean }, subgroupSize, limits: { name: bytes or count }, selfCheck:
{ relativeError, allowed }, kernels: { file, unused: why the file is not used, layers: [{ layer, byRule, chosen, seconds:
{ variant: seconds }, refused: { variant: reason } }] } }; unknown values are null. The exit code is 1 if ok is false.`;

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("show what the networks will run on, what is missing, and how to fix it")
    .option("--json", "print JSON")
    .addHelpText("after", help)
    .action(async ({ json }: { json?: boolean }) => {
      const diagnosis = await diagnose();
      if (json) printJson(JSON.stringify(diagnosis, null, 2));
      else print(...describeDiagnosis(diagnosis));
      if (!diagnosis.ok) process.exitCode = 1;
    });
}

/** A few units in the last place of float32, for sums of several hundred terms. */
const allowedError = 1e-5;

/** Inspects the machine and tests what it finds. */
export async function diagnose(
  open: () => Promise<Gpu> = async () => Gpu.open(await openWebGpu()),
  version = process.versions.node,
  cache = cacheStorage(),
): Promise<Diagnosis> {
  const needed = minimumVersion(packageJson.engines.node);
  const diagnosis: Diagnosis = {
    ok: false,
    problems: [],
    node: { version, needed },
    adapter: null,
    features: null,
    subgroupSize: null,
    limits: null,
    selfCheck: null,
    kernels: null,
  };
  const { problems } = diagnosis;
  if (isOlder(version, needed)) {
    problems.push({ problem: `Node ${version} is too old.`, fix: `Install Node ${needed} or newer.` });
  }
  try {
    const gpu = await open();
    try {
      const { adapter, subgroupSize, limits } = gpu;
      const has = (feature: string) => gpu.features.has(feature);
      const features = {
        "shader-f16": has("shader-f16"),
        subgroups: has("subgroups"),
        "timestamp-query": has("timestamp-query"),
      };
      Object.assign(diagnosis, { adapter, features, limits, subgroupSize });
      diagnosis.kernels = await knownKernels(gpu, cache);
      diagnosis.selfCheck = { relativeError: await convolutionError(gpu), allowed: allowedError };
      // Written this way so that NaN is refused too.
      if (!(diagnosis.selfCheck.relativeError <= allowedError)) {
        problems.push({ problem: `${adapter.name} computes wrong results.`, fix: "Update its driver." });
      }
    } finally {
      gpu.close();
    }
  } catch (error) {
    if (error instanceof NoAdapterError)
      problems.push({ problem: "There is no WebGPU adapter.", fix: await wordsToAdapter() });
    else problems.push({ problem: `The adapter failed: ${(error as Error).message}`, fix: "Update its driver." });
  }
  diagnosis.ok = problems.length === 0;
  return diagnosis;
}

async function knownKernels(gpu: Gpu, storage: CacheStorage): Promise<NonNullable<Diagnosis["kernels"]>> {
  const cache = await ChoiceCache.of(gpu, storage);
  try {
    const { measurements, flaw } = await cache.read();
    return { file: cache.place, unused: flaw ?? null, layers: [...measurements.values()] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { file: cache.place, unused: withoutFullStop(error.message), layers: [] };
  }
}

async function wordsToAdapter(): Promise<string> {
  const { platform, execPath: node } = process;
  const setup = join(await packageFolder(), "scripts", "setup.mjs");
  const way = wayToAdapter({ platform, release: readOsRelease(), root: process.getuid?.() === 0, node, setup });
  return "words" in way ? way.words : `Install a software adapter with: ${node} ${setup}`;
}

/**
 * ||a - b|| / ||b|| for the adapter's convolution and its float64 twin, on the operation's most
 * expensive trial.
 */
async function convolutionError(gpu: Gpu): Promise<number> {
  const flops = ({ inputs, attributes }: (typeof convolution.trials)[number]) =>
    convolution.cost(inputs, attributes).flops;
  const { inputs: types, attributes } = convolution.trials.reduce((a, b) => (flops(b) > flops(a) ? b : a));
  const values = types.map((type, i) =>
    Float64Array.from({ length: elements(type) }, (_, j) => Math.fround(Math.sin(j * (i + 1) + 1))),
  );
  const expected = convolution.reference(
    types.map(({ shape }, i) => ({ shape, data: values[i] })),
    attributes,
  ).data;

  const inputs = types.map((type, i) => input(`input ${i}`, type));
  const output = apply(convolution, inputs, attributes);
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [output]), new Map());
  try {
    types.forEach((type, i) => program.write(`input ${i}`, pack(type, values[i])));
    await program.run();
    const actual = unpack(output.type, new Float32Array(await program.read()));
    let [difference, size] = [0, 0];
    expected.forEach((value, i) => {
      difference += (actual[i] - value) ** 2;
      size += value ** 2;
    });
    return Math.sqrt(difference / size);
  } finally {
    program.release();
  }
}

/** A diagnosis in words, line by line. */
export function describeDiagnosis(diagnosis: Diagnosis): string[] {
  const { ok, problems, node, adapter, features, subgroupSize, limits, selfCheck, kernels } = diagnosis;
  const facts: [string, string][] = [["Node", `${node.version} (${node.needed} or newer is needed)`]];
  if (adapter && features && limits) {
    const yes = Object.entries(features).filter(([, has]) => has);
    const no = Object.entries(features).filter(([, has]) => !has);
    const names = (of: typeof yes) => of.map(([name]) => name).join(", ");
    facts.push(
      ["adapter", `${adapter.name}${adapter.software ? ", in software on the CPU" : ""}`],
      ["driver", adapter.driver],
      ["features", names(yes) + (no.length > 0 ? ` (without ${names(no)})` : "")],
      ["subgroups", !features.subgroups ? "none" : subgroupSize ? `of ${subgroupSize} lanes` : "of several sizes"],
      ["one buffer", `up to ${humanBytes(limits.bufferBytes)}; a kernel can bind ${humanBytes(limits.bindingBytes)}`],
      ["workgroups", `up to ${limits.workgroupInvocations} lanes sharing ${humanBytes(limits.workgroupBytes)}`],
    );
  }
  if (selfCheck) {
    const { relativeError, allowed } = selfCheck;
    const verdict = relativeError <= allowed ? "right" : "WRONG";
    facts.push(["self-check", `a convolution comes out ${verdict}: relative error ${relativeError.toExponential(1)}`]);
  }
  if (kernels) {
    const { file, unused, layers } = kernels;
    const known =
      layers.length > 0
        ? `${layers.length} layers were measured, see below; kept in ${file}`
        : "by rule; `pixelcycle tune` measures which are the fastest here";
    facts.push(["kernels", unused === null ? known : `${known}. ${file} is not used: ${unused}`]);
  }
  const lines = facts.map(([name, value]) => `${name.padEnd(12)}${value}`);
  if (kernels && kernels.layers.length > 0) lines.push("", ...kernelLines(kernels.layers));
  const verdict = ok ? ["All is well."] : problems.map(({ problem, fix }) => `${problem} ${fix}`);
  return [...lines, "", ...verdict];
}

/** In the largest binary unit in which the number is at least 1. */
export function humanBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}
