// A worker of `npm run test:mutants` bundles this file again for every fault: the operations with
// that fault, and their checks.

import { traitsOf } from "../../src/autograd/program.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Launch, Operand, Operation, Trial, Traits } from "../../src/kernels/core/operation.ts";
import { filesOf } from "../../src/kernels/core/shader-files.ts";
import { operations } from "../../src/kernels/index.ts";
import { openWebGpu } from "../../src/platform/gpu/gpu.node.ts";
import { checkBands, checkTwin, launchesOf, operandsOf, tightestOf } from "../kernels/checks.ts";
import { formsOf } from "../kernels/forms.ts";
import { pieces } from "../kernels/pieces.ts";
import { pinned } from "../kernels/pinned/index.ts";
import { poisonPool } from "../poison.ts";

/** One trial of one form of an operation. */
interface Case {
  readonly operation: Operation;
  readonly trial: Trial<unknown>;
}

/** Facts about a case without faults. */
export interface Known {
  /** Its shaders, by their path below shaders/, without extension. */
  readonly shaders: readonly string[];
  readonly tightest: number | null;
  /** Its launches, whole, folded and in bands, as one hash each. */
  readonly launches: readonly number[];
}

export async function open(): Promise<Gpu> {
  return poisonPool(await Gpu.open(await openWebGpu()));
}

/** The chosen form comes first, since the others are many and take long to compile. */
function casesOf(gpu: Gpu): Case[] {
  const forms = [...operations, ...pieces].map((operation) =>
    formsOf(gpu, operation).map(({ operation }) => operation),
  );
  return [...forms.map(([chosen]) => chosen), ...forms.flatMap(([, ...others]) => others)].flatMap((operation) =>
    operation.trials.map((trial) => ({ operation, trial })),
  );
}

/** The same cases in the same order as `casesOf` returns, whatever the fault. */
export function know(gpu: Gpu): Known[] {
  const traits = traitsOf(gpu);
  return casesOf(gpu).map(({ operation, trial }) => {
    const tightest = tightestOf(gpu, operation, trial);
    const shaders = new Set(launchesOf(operation, trial, traits).map(({ shader }) => shader));
    return {
      shaders: [...new Set([...shaders].flatMap(filesOf))],
      tightest,
      launches: fingerprints({ operation, trial }, traits, tightest),
    };
  });
}

function fingerprints({ operation, trial }: Case, traits: Traits, tightest: number | null): number[] {
  const cuts: Partial<Traits>[] = [{}, { workgroupsPerDimension: 1 }, { workgroupsPerDimension: 2 }];
  if (tightest) cuts.push({ bindingBytes: tightest }, { bindingBytes: 2 * tightest });
  return cuts.map((cut) => {
    try {
      const operands = operandsOf(operation, trial);
      return fingerprint(launchesOf(operation, trial, { ...traits, ...cut }, operands), operands);
    } catch {
      return -1;
    }
  });
}

/** @param given the inputs and outputs; all other operands are scratch memory */
function fingerprint(launches: readonly Launch[], given: readonly Operand[]): number {
  const operands = new Map(given.map((operand, i) => [operand, i]));
  let hash = 0;
  const mix = (text: string) => {
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  };
  let shader = "";
  for (const launch of launches) {
    if (launch.shader !== shader) mix((shader = launch.shader));
    mix(`${launch.parameters} ${launch.workgroups}`);
    for (const { operand, offset, bytes } of launch.bindings) {
      if (!operands.has(operand)) operands.set(operand, given.length + operands.size);
      mix(`${operands.get(operand)} ${operand.bytes} ${offset} ${bytes} `);
    }
  }
  return hash >>> 0;
}

/**
 * Whether the checks detect the fault: their message if they do, null if they do not, undefined if
 * the shader is invalid.
 *
 * @param shader the file with the fault, below shaders/ and without extension; undefined if the
 * fault is in the launches
 * @param onCheck is called after every check that passes
 */
export async function firstFailure(
  gpu: Gpu,
  known: readonly Known[],
  shader: string | undefined,
  onCheck: () => void,
): Promise<string | null | undefined> {
  const compile = gpu.pipelines.get;
  let invalid = false;
  gpu.pipelines.get = async function (...given) {
    try {
      return await compile.apply(this, given);
    } catch (error) {
      invalid = true;
      throw error;
    }
  };
  try {
    if (!shader) for (const check of Object.values(pinned)) check();
    const traits = traitsOf(gpu);
    for (const [i, { operation, trial }] of casesOf(gpu).entries()) {
      const { shaders, tightest, launches } = known[i];
      const touched = shader
        ? shaders.includes(shader)
        : String(fingerprints({ operation, trial }, traits, tightest)) !== String(launches);
      if (!touched) continue;
      await checkTwin(gpu, operation, trial);
      onCheck();
      await checkBands(gpu, operation, trial, tightest);
      onCheck();
    }
    return null;
  } catch (error) {
    return invalid && shader ? undefined : (error as Error).message;
  } finally {
    gpu.pipelines.get = compile;
    await forgetErrors(gpu);
  }
}

/** Late errors of the device must not be attributed to the next fault. */
async function forgetErrors(gpu: Gpu): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await gpu.settled().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve));
  }
}
