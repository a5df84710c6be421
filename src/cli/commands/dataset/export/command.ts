// `pixelcycle dataset export`: its options and its final report. export.ts does the work and is
// loaded on demand.

import { InvalidArgumentError, Option, type Command } from "commander";
import type { Size } from "../../../../data/preprocess.ts";
import { trainers, type Trainer } from "../../../../dataset/export/loading.ts";
import { hexColour, wholeNumber } from "../../../options/colours.ts";
import { exitCodeOf, untilInterrupted } from "../../../terminal/ending.ts";
import type { ExportSummary } from "./export.ts";
import { defaultExportOptions, type ExportOptions } from "./options.ts";
import { subjectSources, type SubjectSource } from "./subjects.ts";

interface Options extends Pick<
  ExportOptions,
  "size" | "buckets" | "cell" | "grid" | "fit" | "background" | "captions" | "table" | "template" | "trigger" | "path"
> {
  for: Trainer;
  pad: ExportOptions["padding"];
  captioner?: string;
  captionerModel?: string;
  captionerPrompt?: string;
  json?: boolean;
}

export function registerDatasetExport(dataset: Command): void {
  const defaults = defaultExportOptions;
  dataset
    .command("export")
    .description("write pixel art as a training set for a text-to-image trainer, no cell of which is harmed in loading")
    .argument(
      "<in>",
      "a folder of pixel art, at one pixel a cell or with cells of whole pixels; snap brings others there",
    )
    .argument("<out>", "the folder to write the set to")
    .addOption(new Option("--for <trainer>", "who reads the set").choices(trainers).makeOptionMandatory())
    .option("--size <n>", "the side of the square whose area a training picture has", wholeNumber, defaults.size)
    .option("--buckets <WxH,...>", "the training sizes to use; default: all that the trainer has", sizes)
    .option(
      "--cell <n>",
      "pixels of the result along a cell's side; default: one of 64, 32, 16 and 8 that suits the set",
      wholeNumber,
    )
    .option(
      "--grid <n>",
      "pixels of the pictures along a cell's side, where you know it; 1 for one pixel a cell",
      wholeNumber,
    )
    .addOption(
      new Option("--fit <how>", "show pictures whole, or crop what does not fit, by whole cells")
        .choices(["pad", "crop"])
        .default(defaults.fit),
    )
    .addOption(
      new Option("--pad <with>", "what is around a picture: its border cells, repeated, or the background color")
        .choices(["edge", "color"])
        .default(defaults.padding),
    )
    .option(
      "--background <hex>",
      "the color behind transparent cells (default: #ffffff)",
      hexColour,
      defaults.background,
    )
    .option("--captions <list>", "where captions are looked for, in this order", sources, defaults.captions)
    .option("--table <file>", "a table of captions, CSV or JSON lines, with columns file_name and text")
    .option(
      "--template <text>",
      `what captions say: {subject}, {columns}, {rows}, {colors}, {palette}, {trigger}`,
      defaults.template,
    )
    .option("--trigger <word>", "the word for {trigger}", defaults.trigger)
    .option(
      "--captioner <command|url>",
      "who captions pictures: a command with JSON lines, or an OpenAI-compatible address",
    )
    .option("--captioner-model <name>", "the model of the address")
    .option("--captioner-prompt <text>", "what the model is asked")
    .option("--path <dir>", "where the trainer will find the set, if not where it is now")
    .option("--json", "print how it went as JSON and nothing else")
    .action(run);
}

async function run(input: string, out: string, options: Options): Promise<void> {
  const { exportDataset } = await import("./export.ts");
  const { for: trainer, pad, captioner, captionerModel, captionerPrompt, json, ...rest } = options;
  const asked = captioner !== undefined && { captioner, model: captionerModel, prompt: captionerPrompt };
  const summary = await untilInterrupted((signal) =>
    exportDataset({
      ...rest,
      ...{ input, out, trainer, padding: pad, quiet: json, signal },
      ...(asked && { captioner: asked }),
    }),
  );
  if (json) console.log(JSON.stringify(summary, null, 2));
  else report(summary, out);
  process.exitCode = exitCodeOf(summary);
}

function report(
  { exported, reused, cell, warnings, leftOut, config, failures, stopped }: ExportSummary,
  out: string,
): void {
  const parts = [`${exported} exported, with cells of ${cell} pixels`];
  if (reused > 0) parts.push(`${reused} of them or of those refused were known`);
  if (failures.length > 0) parts.push(`${failures.length} refused`);
  console.error(parts.join(", "));
  for (const warning of warnings) console.error(warning);
  for (const { name, reason } of failures) console.error(`  ${name}: ${reason}`);
  for (const sentence of leftOut) console.error(sentence);
  if (stopped) console.error(`stopped: ${stopped}. The same command goes on from here.`);
  else console.error(`Read ${out}/README.md; the trainer's configuration is ${config}.`);
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
