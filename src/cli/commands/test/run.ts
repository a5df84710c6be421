// The work of `pixelcycle test`, like the reference's test.py. It takes pictures of both sides
// through the cycle (A to B and back, B to A and back), or a folder of pictures through one
// generator. It writes each result under its picture's name, and a page that shows them all.

import { basename, extname, join, relative, resolve, sep } from "node:path";
import { leftOutSentences } from "../../../formats/pictures/picture-choice.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { networkName } from "../../../nn/architecture.ts";
import { GeneratorChain } from "../../../nn/chain.ts";
import type { SizeRemedy } from "../../../nn/generator.ts";
import { fillHidden } from "../../../picture/fill-hidden.ts";
import type { Image } from "../../../picture/image.ts";
import { preprocess } from "../../../picture/preprocess.ts";
import { resizeBicubic } from "../../../picture/resize.ts";
import { requireWritable, writeFileAtomically } from "../../../platform/files/files.node.ts";
import { openGpu } from "../../../platform/gpu/gpu.node.ts";
import { decodeImage, encodePng } from "../../../platform/pictures/images.node.ts";
import { listPictures, PictureFolders } from "../../../platform/training/training-pictures.node.ts";
import { Random } from "../../../random.ts";
import { assignNames, folded } from "../../files/inputs.ts";
import { advisingSize } from "../../files/picture-size.ts";
import { runPipeline, type Failure } from "../../files/pipeline.ts";
import { endingOf, isFatal, type Ending } from "../../terminal/ending.ts";
import { say } from "../../terminal/print.ts";
import { startProgress } from "../../terminal/progress.ts";
import { loadGenerators, type TestedGenerator } from "./generators.ts";
import type { TestOptions } from "./options.ts";
import { writeTestPage, type Strip, type TestedPicture } from "./page.ts";

export interface TestSurroundings {
  readonly signal?: AbortSignal;
  /** No terminal output. */
  readonly quiet?: boolean;
  /** Called for each file that is written. */
  readonly onPicture?: (file: string) => void;
}

export interface TestSummary extends Ending {
  readonly page: string;
  /** The number of pictures written. */
  readonly written: number;
  /** What was wrong with pictures that were tested nevertheless. */
  readonly warnings: readonly Failure[];
  /** Pictures of unsupported kinds, one sentence each. */
  readonly leftOut: readonly string[];
}

/** One path through the networks. */
interface Passage {
  readonly generators: readonly TestedGenerator[];
  /** Labels of the picture itself and of each generator's output. */
  readonly labels: readonly string[];
  /** The pictures' folder, and their paths. */
  readonly folder: string;
  readonly pictures: readonly string[];
}

interface PlannedTest {
  readonly passages: readonly Passage[];
  /** Sentences about pictures that are left out. */
  readonly leftOut: readonly string[];
}

/**
 * Tests a run.
 *
 * @throws UserError if the test cannot start: no checkpoint, no picture, no adapter
 */
export async function testRun(options: TestOptions, surroundings: TestSurroundings = {}): Promise<TestSummary> {
  const { signal, quiet } = surroundings;
  const generators = await loadGenerators(options);
  const { passages, leftOut } = await planPassages(options, generators);
  const [{ pictures, folder: from }] = passages;
  const available = Math.max(...passages.map(({ pictures }) => pictures.length));
  const count = Math.min(available, options.numTest);
  const names = rowNames(
    pictures,
    available,
    from,
    passages.flatMap(({ labels }) => labels),
  );
  const folder = resultsFolder(options);
  await requireWritable(folder);

  const gpu = await openGpu({ adapter: options.adapter });
  try {
    if (!quiet) announce(gpu, generators, count, available, folder);
    const progress = startProgress({ total: count * passages.length, label: "testing", unit: "images", silent: quiet });
    const rows: Strip[][] = Array.from({ length: count }, () => []);
    const failures = new Map<string, Failure>();
    const warnings = new Map<string, Failure>();
    const onWarning = (name: string, reason: string) => warnings.set(name, { name, reason });
    let stopped: string | undefined;
    for (const [place, passage] of passages.entries()) {
      const write = async (row: number, images: readonly Image[]) => {
        const written: TestedPicture[] = [];
        for (const [i, label] of passage.labels.entries()) {
          const image = stretched(images[i], options.aspectRatio);
          const file = `images/${names[row]}_${label}.png`;
          await writeFileAtomically(join(folder, file), await encodePng(image));
          surroundings.onPicture?.(join(folder, file));
          written.push({ label, file, width: image.width, height: image.height });
        }
        rows[row][place].pictures = written;
      };
      rows.forEach((strips, row) => strips.push({ source: pictureOf(passage, row), pictures: [] }));
      const onProgress = (done: number) => progress.update(count * place + done);
      const ending = await runPassage(gpu, { passage, place, count, options, signal, write, onWarning, onProgress });
      // If one side has fewer pictures, the same picture may fail in many rows.
      ending.failures.forEach((failure) => failures.set(failure.name, failure));
      stopped = ending.stopped;
      if (stopped) break;
    }
    progress.stop();
    const ending: Ending = { failures: [...failures.values()], ...(stopped && { stopped }) };
    const page = join(folder, "index.html");
    await writeTestPage(page, { options, generators, rows, available, adapter: gpu.adapter.name, ...ending });
    const written = rows.flat().reduce((sum, { pictures }) => sum + pictures.length, 0);
    return { page, written, warnings: [...warnings.values()], leftOut, ...ending };
  } finally {
    gpu.close();
  }
}

async function planPassages(options: TestOptions, generators: readonly TestedGenerator[]): Promise<PlannedTest> {
  const { dataroot, phase, maxDatasetSize, direction } = options;
  if (options.model === "test") {
    const { paths, unread } = await listPictures(dataroot, maxDatasetSize);
    const passages = [{ generators, labels: ["real", "fake"], folder: dataroot, pictures: paths }];
    return { passages, leftOut: leftOutSentences(unread) };
  }
  const folders = await PictureFolders.open(dataroot, phase, maxDatasetSize);
  const of = (side: "A" | "B") => ({
    folder: join(dataroot, phase + side),
    pictures: Array.from({ length: folders.count(side) }, (_, i) => folders.name(side, i)),
  });
  const [G_A, G_B] = generators;
  const [a, b] = direction === "AtoB" ? (["A", "B"] as const) : (["B", "A"] as const);
  const passages = [
    { generators: [G_A, G_B], labels: ["real_A", "fake_B", "rec_A"], ...of(a) },
    { generators: [G_B, G_A], labels: ["real_B", "fake_A", "rec_B"], ...of(b) },
  ];
  return { passages, leftOut: folders.leftOut };
}

/** The list is repeated if the other side has more pictures. */
function pictureOf({ pictures }: Passage, row: number): string {
  return pictures[row % pictures.length];
}

interface PassageWork {
  readonly passage: Passage;
  /** The passage's number, which gives the two passages of a row different crops. */
  readonly place: number;
  /** The number of rows. */
  readonly count: number;
  readonly options: TestOptions;
  readonly signal?: AbortSignal | undefined;
  readonly write: (row: number, images: readonly Image[]) => Promise<void>;
  readonly onWarning: (picture: string, sentence: string) => void;
  readonly onProgress: (done: number) => void;
}

/** Takes a picture for each row through the networks. */
async function runPassage(gpu: Gpu, work: PassageWork): Promise<Ending> {
  const { passage, place, count, options, signal, write, onWarning, onProgress } = work;
  const { generators } = passage;
  const { preprocess: mode, loadSize, cropSize } = options;
  const grayscale = generators[0].architecture.inputChannels === 1;
  const transforms = { mode, loadSize, cropSize, flip: false, grayscale };
  const chain = await GeneratorChain.create(
    gpu,
    generators.map(({ tensors }) => tensors),
    { batchStatistics: !options.eval, dropout: false },
  );
  const result = await runPipeline({
    items: Array.from({ length: count }, (_, row) => row),
    nameOf: (row) => pictureOf(passage, row),
    loadAhead: Math.max(1, options.numThreads),
    load: async (row) => {
      const path = pictureOf(passage, row);
      const image = await decodeImage(path, { onWarning: (sentence) => onWarning(path, sentence) });
      return preprocess(fillHidden(image), transforms, new Random(2 * row + place));
    },
    process: (image) => advisingSize(() => chain.convert(image, { signal }), sizeOptions),
    save: (images, row) => write(row, images),
    isFatal: (error) => isFatal(error) || signal?.aborted === true,
    signal,
    onProgress: ({ saved, failed }) => onProgress(saved + failed),
  });
  chain.release();
  return endingOf(result, signal);
}

function sizeOptions(remedy: SizeRemedy): string | undefined {
  if ("longest" in remedy) return undefined;
  return `--preprocess resize_and_crop --load_size ${remedy.multiple} --crop_size ${remedy.multiple}`;
}

function announce(
  gpu: Gpu,
  generators: readonly TestedGenerator[],
  count: number,
  available: number,
  folder: string,
): void {
  const { name, software } = gpu.adapter;
  say(`adapter   ${name}${software ? " (software: a GPU would be far faster)" : ""}`);
  for (const { path, architecture } of generators) say(`network   ${path}, ${networkName(architecture)}`);
  const rest = count < available ? ` of ${available}; --num_test sets the number` : "";
  say(`pictures  ${count}${rest} -> ${resolve(folder)}`);
}

/** The folder in which the reference puts the results. */
function resultsFolder({ resultsDir, name, phase, epoch, loadIter }: TestOptions): string {
  return join(resultsDir, name, `${phase}_${epoch}${loadIter > 0 ? `_iter${loadIter}` : ""}`);
}

/**
 * The beginning of each row's file names. As in the reference, it is the stem of the row's first
 * picture. If two pictures have the same stem, it is the path relative to `folder`, with `_`
 * between its parts and, if necessary, the extension. When the list is repeated, `-2` and so on are
 * appended.
 *
 * @param labels the labels; one follows in each file's name, after a `_`
 */
export function rowNames(
  pictures: readonly string[],
  rows: number,
  folder: string,
  labels: readonly string[],
): string[] {
  const stem = (name: string) => name.slice(0, name.length - extname(name).length);
  const key = (path: string) => folded(stem(basename(path)));
  const wanted = new Map<string, number>();
  for (const path of pictures) wanted.set(key(path), (wanted.get(key(path)) ?? 0) + 1);
  const wishes = Array.from({ length: rows }, (_, row) => {
    const path = pictures[row % pictures.length];
    const round = Math.floor(row / pictures.length) + 1;
    const name = wanted.get(key(path)) === 1 ? basename(path) : relative(folder, path).split(sep).join("_");
    return round === 1 ? name : `${stem(name)}-${round}${extname(name)}`;
  });
  return assignNames(wishes, Math.max(...labels.map((label) => label.length)) + 1).map(stem);
}

/**
 * Stretches as the reference does square pictures: higher by the ratio or, if it is below 1, wider.
 * (For other shapes the reference exchanges the sides.)
 */
function stretched(image: Image, ratio: number): Image {
  const { width, height } = image;
  if (ratio > 1) return resizeBicubic(image, width, Math.trunc(height * ratio));
  return ratio < 1 ? resizeBicubic(image, Math.trunc(width / ratio), height) : image;
}
