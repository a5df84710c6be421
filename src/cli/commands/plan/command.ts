// `pixelcycle plan`: shows what a training step consists of, without running one. It takes the
// options of train and reads no pictures.

import type { Command } from "commander";
import { allInOrder, UserError } from "../../../errors.ts";
import type { TrainingOptions } from "../../../train/options/options.ts";
import type { BatchShape } from "../../../train/step/plan.ts";
import { acceptTrainOptions, parseTrainOptions } from "../train/options.ts";

export function registerPlan(program: Command): void {
  const command = program
    .command("plan")
    .description("print what a training step runs and needs: operations, fusions, memory, FLOPs")
    .option("--json <file>", "also write the plan as JSON, for drawing (docs/architecture.md describes it)");
  acceptTrainOptions(command)
    .usage("[--json FILE] [options of train]")
    .action(({ json }: { json?: string }, { args }: Command) => printPlan(args, json));
}

async function printPlan(argv: readonly string[], file: string | undefined): Promise<void> {
  // `train` requires a path to pictures; a plan needs only their size.
  const { run, training, notes } = await parseTrainOptions(["--dataroot", ".", ...argv]);
  const shape = plannedShape(training);
  const [{ openGpu }, { traitsOf }, { planJson }, { planStep }, { planText }, { writeFileAtomically }] =
    await allInOrder([
      import("../../../platform/gpu.node.ts"),
      import("../../../autograd/program.ts"),
      import("../../../autograd/plan-json.ts"),
      import("../../../train/step/plan.ts"),
      import("./text.ts"),
      import("../../../platform/files.node.ts"),
    ]);
  notes.forEach((note) => console.error(note));
  const gpu = await openGpu({ adapter: run.adapter });
  try {
    const { plan, keptBytes } = planStep(training, shape, traitsOf(gpu));
    const json = { adapter: gpu.adapter.name, options: training, shape, keptBytes, ...planJson(plan) };
    console.log(planText(json));
    if (file !== undefined) {
      await writeFileAtomically(
        file,
        JSON.stringify(json, (_, value: unknown) => (value === Infinity ? "inf" : value)),
      );
      console.log(`\nWritten to ${file}.`);
    }
  } finally {
    gpu.close();
  }
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
