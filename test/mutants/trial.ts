// What a worker of `npm run test:mutants` bundles anew for every fault: the operations as they are with it, and their checks.

import { traitsOf } from "../../src/autograd/program.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Launch, Operand, Operation, Trial, Traits } from "../../src/kernels/core/operation.ts";
import { filesOf } from "../../src/kernels/core/shader-files.ts";
import { operations } from "../../src/kernels/index.ts";
import { openWebGpu } from "../../src/platform/gpu.node.ts";
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

/** What is known of a case without faults. */
export interface Known {
  /** The shaders that it is made of, by their path below shaders/, without the ending. */
  readonly shaders: readonly string[];
  readonly tightest: number | null;
  /** Its launches, whole, folded and in bands, as one number each. */
  readonly launches: readonly number[];
}

export async function open(): Promise<Gpu> {
  return poisonPool(await Gpu.open(await openWebGpu()));
}

/** What is chosen comes before the other forms: they are many, and compiled for long. */
function casesOf(gpu: Gpu): Case[] {
  const forms = [...operations, ...pieces].map((operation) =>
    formsOf(gpu, operation).map(({ operation }) => operation),
  );
  return [...forms.map(([chosen]) => chosen), ...forms.flatMap(([, ...others]) => others)].flatMap((operation) =>
    operation.trials.map((trial) => ({ operation, trial })),
  );
}

/** The same cases in the same order as `casesOf` gives, whatever the fault. */
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

/** @param given what is read and written; other operands are what lies between the launches */
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
 * Whether the checks notice the fault: what they say where they do, null where they do not, undefined where the shader is not valid.
 *
 * @param shader the file below shaders/, without the ending, that has the fault; undefined where it is in the launches
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

/** What the device still has to say about this fault must not be put to the next. */
async function forgetErrors(gpu: Gpu): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await gpu.settled().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve));
  }
}
