// `pixelcycle start`: a first look at the program. It converts the samples with the bundled model
// and shows them before and after on a page. Then it trains briefly on the bundled set and adds the
// result to the page.

import { basename, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { allInOrder, UserError, withoutFullStop } from "../../../errors.ts";
import { networkName } from "../../../nn/architecture.ts";
import { pictureArchitecture } from "../../../nn/generator.ts";
import { cellsOf, colourDistance, structureOf } from "../../../pixelart/measures.ts";
import { readFileBytes } from "../../../platform/files/files.node.ts";
import { packageFolder } from "../../../platform/models/bundled.node.ts";
import { decodeImage } from "../../../platform/pictures/images.node.ts";
import type { ShortTraining } from "../../pages/report-training.ts";
import { writeReport, type Pair, type Report } from "../../pages/report.ts";
import { untilInterrupted } from "../../terminal/ending.ts";
import { print } from "../../terminal/print.ts";
import type { ConvertedPicture } from "../convert/options.ts";

export function registerStart(program: Command): void {
  program
    .command("start")
    .description("convert the samples with the bundled model, train a little, and write a page that shows both")
    .option("-o, --out <dir>", "the folder to write to", "output/start")
    .option("-w, --weights <file|name>", "a model (default: the best bundled one that is fast enough here)")
    .option("--adapter <name>", "a GPU's name or part of it, or low-power")
    .action(start);
}

interface StartOptions {
  out: string;
  weights?: string;
  adapter?: string;
}

async function start({ out, weights, adapter }: StartOptions): Promise<void> {
  const samples = join(await packageFolder(), "samples");
  const credits = readCredits(new TextDecoder().decode(await readFileBytes(join(samples, "CREDITS.md"))));
  const files = [...credits.keys()];
  const [{ convertPictures }, { fastEnoughModel }, { loadModel }] = await allInOrder([
    import("../convert/convert.ts"),
    import("./model-choice.ts"),
    import("../../files/model.ts"),
  ]);
  const choice = weights === undefined ? await fastEnoughModel(adapter) : undefined;
  if (choice) print(choice.sentence);
  const model = await loadModel(choice?.name ?? weights);
  const architecture = pictureArchitecture(model.tensors);
  print(`Converting the ${files.length} pictures of samples/ with the model ${model.name}.`);

  const summary = await convertPictures({
    inputs: files.map((file) => join(samples, file)),
    out,
    weights: choice?.name ?? weights,
    adapter,
    quiet: true,
    onPicture: ({ output, seconds }) => print(`  ${relative("", output)}  ${seconds.toFixed(1)} s`),
  });
  if (summary.failures.length > 0 || summary.stopped) {
    const [failure] = summary.failures;
    throw new UserError(
      failure ? `${failure.name}: ${failure.reason}` : `Stopped: ${withoutFullStop(summary.stopped!)}.`,
    );
  }

  const place = ({ source }: ConvertedPicture) => files.indexOf(basename(source));
  const page = join(out, "index.html");
  const report: Report = {
    title: "From photos to pixel art",
    introduction:
      "A CycleGAN repainted these pictures on WebGPU, in their original colors. Move the pointer over one, or drag, to see the original. Beside each picture is its enlarged center.",
    facts: {
      Model: model.name,
      ...(choice && { "Reason for the model": choice.sentence }),
      Network: `${networkName(architecture)}, ngf ${architecture.ngf}`,
      "Cell size": `${summary.cell} × ${summary.cell} pixels`,
      Colors: colorRange(summary.pictures),
      "Time per picture": `${meanSeconds(summary.pictures).toFixed(1)} s`,
      Adapter: summary.adapter,
    },
    pairs: await allInOrder(
      [...summary.pictures]
        .sort((a, b) => place(a) - place(b))
        .map((picture) => pairOf(picture, summary.scale!, credits)),
    ),
  };
  // Written now, so the pictures can be viewed whatever happens to the training.
  await writeReport(page, report);
  print(`Adapter: ${summary.adapter}, ${meanSeconds(summary.pictures).toFixed(1)} s per picture.`);
  try {
    await train(join(samples, "train"), out, adapter, (training) => writeReport(page, { ...report, training }));
  } finally {
    print(
      "To convert your own pictures: npx pixelcycle convert PHOTO.jpg --out output",
      "Open this page in a browser:",
      resolve(page),
    );
  }
}

/** Trains briefly and shows the result; after Ctrl-C, the result so far. */
async function train(
  dataroot: string,
  out: string,
  adapter: string | undefined,
  show: (training: ShortTraining) => Promise<void>,
): Promise<void> {
  const { trainSamples, trainingSteps } = await import("./training.ts");
  print(`Training on samples/train for ${trainingSteps} steps.`);
  await untilInterrupted(async (signal) => {
    const training = await trainSamples({ dataroot, out, adapter, signal });
    if (training) await show(training);
    if (!signal.aborted) return;
    print("The training was interrupted.");
    process.exitCode = 130;
  });
}

/**
 * The rows of the credits' table, in its order. The page keeps that order and shows the first
 * picture large.
 */
export function readCredits(markdown: string): Map<string, { shows: string; credit: string }> {
  const rows = markdown.split("\n").map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));
  return new Map(
    rows
      .filter(([, file = ""]) => file.endsWith(".jpg"))
      .map(([, file, shows, source, licence]) => [file, { shows, credit: `${source}. ${licence}.` }]),
  );
}

async function pairOf(
  picture: ConvertedPicture,
  scale: number,
  credits: ReturnType<typeof readCredits>,
): Promise<Pair> {
  const { source, output, width, height, seconds, palette } = picture;
  const { shows, credit } = credits.get(basename(source))!;
  const note = `${seconds.toFixed(1)} s`;
  const measures = await measuresOf(source, output, scale);
  return { name: shows, before: source, after: output, width, height, note, measures, palette, credit };
}

/**
 * The quality measures of a result, beside those of real pixel art (medians of the validation set:
 * docs/pixelart.md).
 */
async function measuresOf(source: string, output: string, scale: number): Promise<string> {
  const cells = cellsOf(await decodeImage(output), scale);
  const { colors, flat, edge } = structureOf(cells);
  const distance = colourDistance(cells, await decodeImage(source));
  return (
    `${cells.width} × ${cells.height} cells in ${colors} colors, ΔE ${distance.toFixed(1)} from the photo. ` +
    `Flat: ${Math.round(100 * flat)} % (real pixel art: 53 %). Edges: ${edge.toFixed(2)} (real pixel art: 0.11).`
  );
}

function colorRange(pictures: readonly ConvertedPicture[]): string {
  const counts = pictures.map(({ palette }) => palette!.length);
  return `${Math.min(...counts)} to ${Math.max(...counts)} per picture`;
}

function meanSeconds(pictures: readonly ConvertedPicture[]): number {
  return pictures.reduce((sum, { seconds }) => sum + seconds, 0) / pictures.length;
}
