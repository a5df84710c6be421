// `pixelcycle dataset export`: its options and its final report. export.ts does the work and is
// loaded on demand.

import { join } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { trainers, type Trainer } from "../../../../dataset/export/loading.ts";
import { withoutFullStop } from "../../../../errors.ts";
import type { Size } from "../../../../picture/preprocess.ts";
import { backgroundOption } from "../../../options/colours.ts";
import { requireCompanion } from "../../../options/companions.ts";
import { wholeNumber } from "../../../options/numbers.ts";
import { exitCodeOf, untilInterrupted } from "../../../terminal/ending.ts";
import { printJson, say } from "../../../terminal/print.ts";
import type { ExportSummary } from "./export.ts";
import { defaultExportOptions, type ExportOptions } from "./options.ts";
import { subjectSources, type SubjectSource } from "./subjects.ts";

interface Options extends Pick<
  ExportOptions,
  "size" | "buckets" | "cell" | "grid" | "fit" | "background" | "captions" | "table" | "template" | "path"
> {
  for: Trainer;
  pad: ExportOptions["padding"];
  trigger?: string;
  captioner?: string;
  captionerModel?: string;
  captionerPrompt?: string;
  json?: boolean;
}

export function registerDatasetExport(dataset: Command): void {
  const defaults = defaultExportOptions;
  dataset
    .command("export")
    .description(
      "write pixel art as a training set for a text-to-image trainer, sized so that loading leaves every cell intact",
    )
    .argument(
      "<in>",
      "a folder of pixel art with one pixel per cell or cells of whole pixels; run snap on other art first",
    )
    .argument("<out>", "the folder to write the set to")
    .addOption(
      new Option("--for <trainer>", "the trainer that will read the set").choices(trainers).makeOptionMandatory(),
    )
    .option("--size <n>", "training pictures have the area of a square with this side", wholeNumber, defaults.size)
    .option("--buckets <WxH,...>", "the training sizes to use; default: all of the trainer's", sizes)
    .option(
      "--cell <n>",
      "a cell's side in the result, in pixels; default: whichever of 64, 32, 16 and 8 suits the set",
      wholeNumber,
    )
    .option(
      "--grid <n>",
      "a cell's side in the input, in pixels, if you know it; 1 for one pixel per cell",
      wholeNumber,
    )
    .addOption(
      new Option("--fit <how>", "pad pictures to fit, or crop them by whole cells")
        .choices(["pad", "crop"])
        .default(defaults.fit),
    )
    .addOption(
      new Option("--pad <with>", "what to pad with: the border cells, repeated, or the background color")
        .choices(["edge", "color"])
        .default(defaults.padding),
    )
    .addOption(backgroundOption("the color behind transparent cells"))
    .addOption(
      new Option("--captions <list>", "where to look for captions, in this order")
        .argParser(sources)
        .default(defaults.captions, defaults.captions.join(",")),
    )
    .option("--table <file>", "a table of captions, CSV or JSON lines, with columns file_name and text")
    .option(
      "--template <text>",
      `the caption text, with placeholders {subject}, {columns}, {rows}, {colors}, {palette}, {trigger}`,
      defaults.template,
    )
    .option("--trigger <word>", "the word for {trigger}")
    .option(
      "--captioner <command|url>",
      "what writes captions: a command that speaks JSON lines, or an OpenAI-compatible URL",
    )
    .option("--captioner-model <name>", "for --captioner: the model to use at that URL")
    .option("--captioner-prompt <text>", "for --captioner: the prompt for the model")
    .option("--path <dir>", "where the trainer will find the set, if not where it is now")
    .option("--json", "print a JSON summary and nothing else")
    .action(run);
}

async function run(input: string, out: string, options: Options): Promise<void> {
  const { exportDataset } = await import("./export.ts");
  const { for: trainer, pad, captioner, captionerModel, captionerPrompt, trigger, json, ...rest } = options;
  requireCompanion("--captioner", captioner !== undefined, {
    "--captioner-model": captionerModel,
    "--captioner-prompt": captionerPrompt,
  });
  const asked = captioner !== undefined && { captioner, model: captionerModel, prompt: captionerPrompt };
  const summary = await untilInterrupted((signal) =>
    exportDataset({
      ...rest,
      ...{ input, out, trainer, trigger: trigger ?? defaultExportOptions.trigger, padding: pad, quiet: json, signal },
      ...(asked && { captioner: asked }),
    }),
  );
  if (json) printJson(JSON.stringify(summary, null, 2));
  else report(summary, out);
  process.exitCode = exitCodeOf(summary);
}

function report(
  { exported, reused, cell, warnings, leftOut, config, failures, stopped }: ExportSummary,
  out: string,
): void {
  const parts = [`${exported} exported, with cells of ${cell} pixels`];
  if (reused > 0) parts.push(`${reused} reused from an earlier run`);
  if (failures.length > 0) parts.push(`${failures.length} refused`);
  say(parts.join(", "));
  say(...warnings);
  for (const { name, reason } of failures) say(`  ${name}: ${reason}`);
  say(...leftOut);
  if (stopped) say(`stopped: ${withoutFullStop(stopped)}. Run the same command again to continue.`);
  else if (exported === 0) say(`No picture was exported, so ${out} holds no set for a trainer.`);
  else say(`See ${join(out, "README.md")}; the trainer's configuration is ${config}.`);
}

function sizes(text: string): readonly Size[] {
  return text.split(",").map((size) => {
    const match = /^(\d{2,4})[x×](\d{2,4})$/i.exec(size.trim());
    if (!match) throw new InvalidArgumentError("It must be sizes such as 1024x1024,1152x896.");
    return { width: Number(match[1]), height: Number(match[2]) };
  });
}

function sources(text: string): readonly SubjectSource[] {
  return text.split(",").map((word) => {
    const source = subjectSources.find((known) => known === word.trim());
    if (!source) throw new InvalidArgumentError(`It must be a list of ${subjectSources.join(", ")}.`);
    return source;
  });
}
