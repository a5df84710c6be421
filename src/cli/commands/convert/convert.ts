// Converts pictures to pixel art, the program's main job. Decoding, GPU work and encoding overlap,
// and a bad picture never stops the rest.

import { resolve } from "node:path";
import type { UnreadPicture } from "../../../formats/pictures/picture-choice.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { traced } from "../../../gpu/trace.ts";
import { networkName } from "../../../nn/architecture.ts";
import { Generator, type SizeRemedy } from "../../../nn/generator.ts";
import type { Sequence } from "../../../picture/animation.ts";
import { fillHidden } from "../../../picture/fill-hidden.ts";
import type { Image } from "../../../picture/image.ts";
import { preprocess } from "../../../picture/preprocess.ts";
import { fitWithin } from "../../../picture/resize.ts";
import type { PictureOptions } from "../../../pixelart/convert.ts";
import { checkGrid } from "../../../pixelart/grid/cells/geometry.ts";
import { requireWritable } from "../../../platform/files/files.node.ts";
import { Random } from "../../../random.ts";
import { planPictures, writesAny, type PlannedPicture } from "../../files/inputs.ts";
import { exists, loadModel, type Model } from "../../files/model.ts";
import {
  findSharedPalette,
  givenPalette,
  refuseReplacing,
  saveBeside,
  saveForAll,
  sharedName,
} from "../../files/palettes.ts";
import { advisingSize } from "../../files/picture-size.ts";
import { runPipeline, warningsOf, type Failure } from "../../files/pipeline.ts";
import { readPlanned } from "../../files/reading.ts";
import { writeResult } from "../../files/results.ts";
import { takeShard } from "../../files/shard.ts";
import { openTunedGpu } from "../../files/tuned-gpu.ts";
import { endingOf, isFatal, type Ending } from "../../terminal/ending.ts";
import { passedOverLine } from "../../terminal/passed-over.ts";
import { say } from "../../terminal/print.ts";
import { startProgress } from "../../terminal/progress.ts";
import { convertRaw, draw, finish } from "./item.ts";
import { checkOptions, type ConvertedPicture, type ConvertPicturesOptions } from "./options.ts";

export interface ConvertSummary extends Ending {
  readonly adapter: string;
  readonly model: string;
  readonly pictures: readonly ConvertedPicture[];
  readonly skipped: number;
  /** Pictures of unsupported kinds. */
  readonly leftOut: readonly UnreadPicture[];
  /** What was wrong with pictures that were converted nevertheless, in the list's order. */
  readonly warnings: readonly Failure[];
  readonly cell?: number;
  readonly scale?: number;
  /** Where the shared palette was written. */
  readonly paletteFile?: string;
}

/**
 * The default if neither the user nor a card gives a cell: what the bundled model was trained with.
 */
const usualCell = 4;

function sizeOptions(remedy: SizeRemedy): string {
  if ("longest" in remedy) return `--max-size ${remedy.longest}`;
  return `--preprocess resize_and_crop --load-size ${remedy.multiple} --crop-size ${remedy.multiple}`;
}

/**
 * Converts all pictures that the inputs name.
 *
 * @throws UserError if the run cannot start: no picture, no weights, no adapter, an option out of
 * range
 */
export async function convertPictures(options: ConvertPicturesOptions): Promise<ConvertSummary> {
  checkOptions(options);
  const isRich = options.raw === true || options.colors === "none";
  const {
    pictures: all,
    unread,
    folder,
  } = await planPictures(options.inputs, options.out, {
    animations: { ...options, isRich },
  });
  const places = new Map(all.map((picture, index) => [picture, index]));
  const items = options.shard ? takeShard(all, options.shard) : all;
  if (await writesAny(items, options.skipExisting)) await requireWritable(folder);
  const model = await loadModel(options.weights, options.key);
  const { colors, keepColors, clean, dither, ditherStrength, lock: locked } = options;
  const cell = options.cell ?? model.card?.cell ?? usualCell;
  const scale = options.scale ?? cell;
  const art: PictureOptions = options.raw
    ? { raw: true }
    : { cell, scale, colors, locked, keepColors, clean, dither, ditherStrength, margin: model.card?.margin };
  if (!art.raw) checkGrid(art);
  if (options.savePalette) refuseReplacing(items, options.savePalette, folder);
  const given = await givenPalette(options, folder);
  if (given && !art.raw && options.palette !== sharedName) checkGrid({ ...art, palette: given.colours });

  const { trace, signal } = options;
  const gpu = await openTunedGpu({ adapter: options.adapter, trace }, say);
  try {
    const mode = { batchStatistics: !options.evaluate, dropout: false };
    const generator = await Generator.create(gpu, model.tensors, mode, options.precision);
    if (!options.quiet) announce(gpu, model, generator, items.length, options);
    const pictures: ConvertedPicture[] = [];
    const warned = new Map<PlannedPicture, string>();
    const load = async (item: PlannedPicture): Promise<Sequence> => {
      const reading = { ignoreProfile: options.raw, onWarning: (reason: string) => void warned.set(item, reason) };
      const prepared = (image: Image) =>
        prepare(image, options, places.get(item)!, generator.architecture.inputChannels === 1);
      return readPlanned(item, options, reading, prepared);
    };
    const search =
      options.palette === sharedName && !given && !art.raw
        ? await findSharedPalette({
            gpu,
            items,
            load,
            draw: (sequence) => advisingSize(() => draw(gpu, generator, sequence, { ...art, signal }), sizeOptions),
            cellsOf: ({ cells }) => cells.map(({ image }) => image),
            colors: art.colors === "none" ? "auto" : art.colors,
            locked,
            isFatal,
            startProgress: (total) => startProgress({ total, label: "palette", unit: "images", silent: options.quiet }),
            signal: options.signal,
          })
        : undefined;
    const forAll = given ?? search?.palette;
    const paletteFile = forAll && (await saveForAll(forAll, options, folder));
    // A shared palette already has the requested number of colours and the locked ones.
    const finished =
      forAll && !art.raw ? { ...art, colors: undefined, locked: undefined, palette: forAll.colours } : art;
    const progress = startProgress({
      total: items.length,
      label: "converting",
      unit: "images",
      silent: options.quiet,
    });
    let [done, skipped] = [0, 0];
    // Never goes back: pictures before this one may still be being written.
    const show = (now: number) => progress.update((done = Math.max(done, now)), skipped);
    const process = async (sequence: Sequence | undefined, item: PlannedPicture, position: number) => {
      const start = performance.now();
      const kept = search?.kept.get(item);
      // An animation or a large picture may take as long as a folder of small ones.
      const onProgress = (share: number) => show(position + Math.min(share, 0.99));
      const converted = await advisingSize(
        async () =>
          finished.raw
            ? convertRaw(generator, sequence!, item, { signal, onProgress })
            : finish(
                gpu,
                kept ?? (await draw(gpu, generator, sequence!, { ...finished, signal, onProgress })),
                finished,
              ),
        sizeOptions,
      );
      return { ...converted, seconds: (performance.now() - start) / 1000, item };
    };
    const save = async ({ width, height, frames, result, seconds, item }: Awaited<ReturnType<typeof process>>) => {
      const palette = result?.palette;
      // Written before the picture, since an existing picture means that it is done.
      if (options.savePalette && palette && !forAll) await saveBeside(item, palette, options.savePalette);
      if (result) await writeResult(item, result);
      const picture = { source: item.source, output: item.output, width, height, seconds, palette };
      pictures.push(item.animation ? { ...picture, frames } : picture);
      options.onPicture?.(picture);
    };
    const result = await runPipeline({
      items,
      nameOf: ({ source }) => source,
      around: trace && ((stage, { relative }, work) => traced(trace, tracks[stage], relative, work)),
      skip: options.skipExisting ? ({ output }) => exists(output) : undefined,
      // Pictures kept from the search for the shared palette need not be read again.
      load: async (item) => (search?.kept.has(item) ? undefined : load(item)),
      process,
      save,
      isFatal: (error) => isFatal(error) || options.signal?.aborted === true,
      signal: options.signal,
      onProgress: (counts) => {
        // A picture cut short by an interruption is not done.
        if (options.signal?.aborted) return;
        skipped = counts.skipped;
        show(counts.saved + counts.skipped + counts.failed);
      },
    });
    progress.stop();
    generator.release();
    return {
      adapter: gpu.adapter.name,
      model: model.name,
      pictures: pictures.sort((a, b) => (a.source < b.source ? -1 : 1)),
      skipped: result.skipped,
      leftOut: unread,
      warnings: warningsOf(items, warned),
      ...endingOf(result, options.signal),
      ...(!art.raw && { cell, scale }),
      ...(paletteFile && { paletteFile }),
    };
  } finally {
    gpu.close();
  }
}

/** The names of the stages in a trace. */
const tracks = { loading: "decoding", waiting: "waiting", processing: "converting", saving: "writing" } as const;

/** The processing before the network. */
function prepare(image: Image, options: ConvertPicturesOptions, place: number, grayscale: boolean): Image {
  // The reference also reads hidden colours. They are replaced first, since shrinking would mix
  // them into visible pixels.
  if (!options.raw) image = fillHidden(image);
  if (options.maxSize !== undefined) image = fitWithin(image, options.maxSize);
  if (!options.preprocess) return image;
  const random = new Random((options.seed ?? 0) * 2 ** 24 + place);
  return preprocess(image, { ...options.preprocess, flip: false, grayscale }, random);
}

function announce(gpu: Gpu, model: Model, generator: Generator, count: number, { shard, out }: ConvertPicturesOptions) {
  const part = shard ? `, part ${shard.index} of ${shard.count} (${shard.origin})` : "";
  say(`adapter  ${gpu.adapter.name}${gpu.adapter.software ? " (software: a GPU would be far faster)" : ""}`);
  say(`model    ${model.name}, ${networkName(generator.architecture)}`);
  const passedOver = passedOverLine(model.passedOver);
  if (passedOver) say(passedOver);
  say(`images   ${count}${part} -> ${resolve(out)}`);
}
