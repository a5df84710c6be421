// `pixelcycle convert`: its options and its final report. convert.ts does the work and is loaded on
// demand.

import { Option, type Command } from "commander";
import { leftOutSentences } from "../../../formats/pictures/picture-choice.ts";
import type { Precision } from "../../../kernels/core/operation.ts";
import type { Anchor } from "../../../picture/common-canvas.ts";
import { preprocessModes } from "../../../picture/preprocess.ts";
import { withTrace } from "../../../platform/files/trace-file.node.ts";
import type { AnimationKind } from "../../../platform/pictures/animations.node.ts";
import { resolveShard } from "../../files/shard.ts";
import { addAnimationOptions } from "../../options/animations.ts";
import { addColourOptions, type ColourChoice } from "../../options/colours.ts";
import { requireCompanion } from "../../options/companions.ts";
import { withFlags } from "../../options/flags.ts";
import { share, wholeNumber } from "../../options/numbers.ts";
import { exitCodeOf, tellEnding, untilInterrupted } from "../../terminal/ending.ts";
import { printJson, say } from "../../terminal/print.ts";
import type { ConvertSummary } from "./convert.ts";

interface Options extends ColourChoice {
  out: string;
  weights?: string;
  key?: string;
  raw?: boolean;
  cell?: number;
  scale?: number;
  keepColors?: number;
  clean?: number | true;
  format?: AnimationKind;
  sheet?: boolean;
  sequence?: boolean;
  delay?: number;
  anchor?: Anchor;
  maxSize?: number;
  preprocess?: string;
  loadSize?: number;
  cropSize?: number;
  seed?: number;
  eval?: boolean;
  skipExisting?: boolean;
  shard?: string;
  precision?: Precision;
  adapter?: string;
  json?: boolean;
  trace?: string;
}

/** The strength of --clean without a number. */
const usualStrength = 0.5;

/** The reference's --load_size and --crop_size of a test. */
const usualSize = 256;

export function registerConvert(program: Command): void {
  const command = program
    .command("convert")
    .description("turn pictures into pixel art")
    .argument("<input...>", "pictures, folders (searched recursively) and globs")
    .requiredOption(
      "-o, --out <dir|file>",
      "the folder to write to, which mirrors the input folders; or a PNG for one picture, a GIF or WebP for one animation",
    )
    .option("-w, --weights <file|name>", "a generator's checkpoint, a run's folder, or a bundled model")
    .option("--key <path>", "which network to use if a file or run has several, such as G_A")
    .option("--raw", "write the network's output unchanged, as the PyTorch reference does")
    .option(
      "--cell <n>",
      "a cell's side in the network's output, in pixels (default: from the model's card)",
      wholeNumber,
    )
    .option(
      "--scale <n>",
      "a cell's side in the result, in pixels; 1 writes one pixel per cell (default: the same as --cell)",
      wholeNumber,
    );
  addAnimationOptions(command);
  addColourOptions(command, "auto")
    .option("--keep-colors <share>", "from 0 (the network's own colors) to 1 (the source's colors) (default: 1)", share)
    .option("--clean [strength]", "tidy stray cells and jagged outlines, from 0 to 1; 0.5 if no number is given", share)
    .option("--max-size <n>", "shrink pictures whose longer side exceeds n pixels", wholeNumber)
    .addOption(
      new Option("--preprocess <mode>", "preprocess as the reference does (default: no preprocessing)").choices(
        preprocessModes,
      ),
    )
    .option("--load-size <n>", "for --preprocess: scale to this size (default: 256)", wholeNumber)
    .option("--crop-size <n>", "for --preprocess: then crop to this size (default: 256)", wholeNumber)
    .option("--seed <n>", "for --preprocess: the seed of random crops (default: 0)", wholeNumber)
    .option("--eval", "use batch norm's running statistics, as the reference's --eval does")
    .option("--skip-existing", "skip pictures whose result already exists")
    .option("--shard <I/N>", "convert only part I of N; on Slurm and Kubernetes this is read from the environment")
    .addOption(
      new Option(
        "--precision <kind>",
        "half stores the network's numbers in half of the memory; colors differ slightly (default: full)",
      ).choices(["full", "half"]),
    )
    .option("--adapter <name>", "a GPU's name or part of it, or low-power")
    .option("--json", "print a JSON summary and nothing else")
    .option("--trace <file>", "write a timing trace for ui.perfetto.dev (JSON)")
    .action(run);
}

async function run(inputs: string[], options: Options): Promise<void> {
  const shard = resolveShard(options.shard, process.env);
  const { convertPictures } = await import("./convert.ts");
  const { preprocess, loadSize, cropSize, json, clean, trace: traceFile, eval: evaluate, ...rest } = options;
  requireCompanion("--preprocess", preprocess !== undefined, {
    "--load-size": loadSize,
    "--crop-size": cropSize,
    "--seed": rest.seed,
  });
  const summary = await withTrace(
    traceFile,
    (sentence) => say(withFlags(sentence)),
    (trace) =>
      untilInterrupted((signal) =>
        convertPictures({
          ...rest,
          clean: clean === true ? usualStrength : clean,
          inputs,
          evaluate,
          shard,
          preprocess: preprocess
            ? { mode: preprocess, loadSize: loadSize ?? usualSize, cropSize: cropSize ?? usualSize }
            : undefined,
          quiet: json,
          signal,
          trace,
        }),
      ),
  );
  if (json) printJson(JSON.stringify(summary, null, 2));
  else report(summary);
  process.exitCode = exitCodeOf(summary);
}

function report({ pictures, skipped, failures, warnings, leftOut, stopped }: ConvertSummary): void {
  const parts = [`${pictures.length} converted`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (failures.length > 0) parts.push(`${failures.length} failed`);
  say(parts.join(", "));
  tellEnding({ failures, stopped }, warnings, leftOutSentences(leftOut));
}
