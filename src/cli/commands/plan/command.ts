// `pixelcycle plan`: shows what a training step consists of, without running one. It takes the
// options of train and reads no pictures.

import type { Command } from "commander";
import { allInOrder, UserError } from "../../../errors.ts";
import type { TrainingOptions } from "../../../train/options/options.ts";
import type { BatchShape } from "../../../train/step/plan.ts";
import { print, printJson, say } from "../../terminal/print.ts";
import { acceptTrainOptions, parseTrainOptions } from "../train/options.ts";
import type { StepPlanJson } from "./text.ts";

export function registerPlan(program: Command): void {
  const command = program
    .command("plan")
    .description("print what a training step runs and needs: operations, fusions, memory, FLOPs")
    .option("--json", "print the plan as JSON and nothing else, for drawing (docs/architecture.md describes it)");
  acceptTrainOptions(command)
    .usage("[--json] [options of train]")
    .action(({ json }: { json?: boolean }, { args }: Command) => printPlan(args, json));
}

async function printPlan(argv: readonly string[], asJson = false): Promise<void> {
  // `train` requires a path to pictures; a plan needs only their size.
  const { run, training, notes } = await parseTrainOptions(["--dataroot", ".", ...argv]);
  const shape = plannedShape(training);
  const [{ openGpu }, { traitsOf }, { planJson }, { planStep }, { planLines }] = await allInOrder([
    import("../../../platform/gpu/gpu.node.ts"),
    import("../../../autograd/program.ts"),
    import("../../../autograd/plan-json.ts"),
    import("../../../train/step/plan.ts"),
    import("./text.ts"),
  ]);
  say(...notes);
  const gpu = await openGpu({ adapter: run.adapter });
  try {
    const { plan, keptBytes } = planStep(training, shape, traitsOf(gpu));
    const json = { adapter: gpu.adapter.name, options: training, shape, keptBytes, ...planJson(plan) };
    if (asJson) printJson(textOf(json));
    else print(...planLines(json));
  } finally {
    gpu.close();
  }
}

/** As JSON, which has no infinity: "inf", as the options of train have it. */
function textOf(plan: StepPlanJson): string {
  return JSON.stringify(plan, (_, value: unknown) => (value === Infinity ? "inf" : value));
}

/**
 * The size that the options give to any picture.
 *
 * @throws UserError if the size depends on the picture
 */
export function plannedShape({ preprocess, cropSize, loadSize, batchSize }: TrainingOptions): BatchShape {
  const side = preprocess.includes("crop") ? cropSize : preprocess.includes("resize") ? loadSize : undefined;
  if (side === undefined) {
    throw new UserError(
      `With --preprocess ${preprocess} picture sizes differ, and a plan needs a single size: give --preprocess crop --crop_size N.`,
    );
  }
  return { count: batchSize, A: [side, side], B: [side, side] };
}
