// How trainers load a picture: which bucket they choose for its size, what size they resize it to,
// and what they crop. This follows their sources, at these commits, with the settings that we write
// for them (config.ts):
// - kohya-ss/sd-scripts 48d368f, library/train_util.py (BucketManager,
//   trim_and_resize_if_required), library/model_util.py
// - ostris/ai-toolkit 27a03a9, toolkit/buckets.py, toolkit/dataloader_mixins.py
// - bghira/SimpleTuner bc8e6ab, helpers/multiaspect/image.py,
//   helpers/image_manipulation/training_sample.py
// - Nerogar/OneTrainer 23df383 with Nerogar/mgds 3a6994a, AspectBucketing.py, ScaleCropImage.py
// - huggingface/diffusers 58eb52c, examples/text_to_image
//
// The others, imagefolder and webdataset, pass on the file's contents unchanged.

import type { Size } from "../../picture/preprocess.ts";
import type { ResizeFilter } from "../../picture/resize.ts";

export const trainers = [
  "imagefolder",
  "kohya",
  "webdataset",
  "ai-toolkit",
  "simpletuner",
  "onetrainer",
  "diffusers",
] as const;

/** The trainer or loader that reads the set. */
export type Trainer = (typeof trainers)[number];

export interface Loading {
  /** The size to which the picture is resized before it is cropped. */
  readonly resized: Size;
  /** The filter, used if that size differs from the picture's. */
  readonly filter: ResizeFilter;
  /** The part of the resized picture that the network sees. */
  readonly crop: Size & { readonly left: number; readonly top: number };
}

/**
 * @param size the file's size
 * @param resolution the side of the square whose area a training picture has
 */
export function loadingOf(trainer: Trainer, size: Size, resolution: number): Loading {
  return loads[trainer](size, resolution);
}

/** In all of them the sides of buckets are multiples of this. */
export const bucketStep = 64;

const loads: Readonly<Record<Trainer, (size: Size, resolution: number) => Loading>> = {
  imagefolder: asItIs,
  webdataset: asItIs,
  kohya,
  "ai-toolkit": aiToolkit,
  simpletuner: simpleTuner,
  onetrainer: oneTrainer,
  diffusers,
};

function asItIs(size: Size): Loading {
  return { resized: size, filter: "nearest", crop: { left: 0, top: 0, ...size } };
}

/**
 * The excess over the bucket is cropped on both sides, the odd pixel on the right and at the
 * bottom.
 */
function croppedInTheMiddle(resized: Size, filter: ResizeFilter, bucket: Size): Loading {
  const left = Math.max(0, Math.floor((resized.width - bucket.width) / 2));
  const top = Math.max(0, Math.floor((resized.height - bucket.height) / 2));
  return { resized, filter, crop: { left, top, ...bucket } };
}

/** With `enable_bucket`, without `bucket_no_upscale`, and `resize_interpolation = "nearest"`. */
function kohya(size: Size, resolution: number): Loading {
  const buckets = kohyaBuckets(resolution);
  const bucket = buckets.find((one) => isSame(one, size)) ?? nearestAspect(buckets, size);
  const scale =
    size.width / size.height > bucket.width / bucket.height ? bucket.height / size.height : bucket.width / size.width;
  const rounded = (side: number) => Math.trunc(side * scale + 0.5);
  return croppedInTheMiddle({ width: rounded(size.width), height: rounded(size.height) }, "nearest", bucket);
}

/** The bounds of a bucket's sides in the configuration that we write for kohya. */
export function kohyaBounds(resolution: number): { readonly least: number; readonly most: number } {
  return { least: Math.min(256, resolution), most: 2 * resolution };
}

function kohyaBuckets(resolution: number): Size[] {
  const { least, most } = kohyaBounds(resolution);
  const area = resolution ** 2;
  const down = (side: number) => Math.floor(side / bucketStep) * bucketStep;
  const found = new Map<string, Size>();
  const add = (width: number, height: number) => found.set(`${width}x${height}`, { width, height });
  add(down(Math.sqrt(area)), down(Math.sqrt(area)));
  for (let width = least; width <= most; width += bucketStep) {
    const height = Math.min(most, down(Math.floor(area / width)));
    if (height < least) continue;
    add(width, height);
    add(height, width);
  }
  return [...found.values()].sort((a, b) => a.width - b.width || a.height - b.height);
}

/** With `buckets`, `bucket_tolerance` 64 and without `random_crop`. */
function aiToolkit(size: Size, resolution: number): Loading {
  const pixels = size.width * size.height;
  const target = Math.min(pixels, resolution ** 2);
  const scaler = (target / pixels) ** 0.5;
  const raw = [(size.width * scaler) / bucketStep, (size.height * scaler) / bucketStep];
  const [below, above] = [raw.map(Math.floor), raw.map(Math.ceil)];
  const candidates = [
    { width: below[0], height: below[1] },
    { width: below[0], height: above[1] },
    { width: above[0], height: below[1] },
    { width: above[0], height: above[1] },
  ].map(({ width, height }) => ({ width: width * bucketStep, height: height * bucketStep }));
  const area = ({ width, height }: Size) => width * height;
  const fitting = candidates.filter((one) => area(one) > 0 && area(one) <= resolution ** 2);
  const bucket = fitting.reduce(
    (best, one) => (Math.abs(area(one) - target) < Math.abs(area(best) - target) ? one : best),
    fitting[0] ?? { width: Math.max(1, below[0]) * bucketStep, height: Math.max(1, below[1]) * bucketStep },
  );
  const factor = Math.max(bucket.width / size.width, bucket.height / size.height);
  const resized = { width: Math.ceil(size.width * factor), height: Math.ceil(size.height * factor) };
  return croppedInTheMiddle(resized, "bicubic", bucket);
}

/**
 * With `crop`, `crop_style` center, `crop_aspect` preserve, `resolution_type` pixel_area, and
 * `--aspect_bucket_alignment=64`.
 */
function simpleTuner(size: Size, resolution: number): Loading {
  const aligned = (side: number) => Math.max(roundHalfToEven(side / bucketStep) * bucketStep, bucketStep);
  const megapixels = resolution ** 2 / 1e6;
  const edge = aligned(Math.trunc(Math.sqrt(megapixels * 1e6)));
  const square = { width: edge, height: edge };
  const aspect = twoDigits(size.width / size.height);
  if (aspect === 1 && size.width === size.height) return croppedInTheMiddle(square, "lanczos", square);
  const bucket = { width: aligned(edge * Math.sqrt(aspect)), height: aligned(edge / Math.sqrt(aspect)) };
  const raw = size.width / size.height;
  const resized =
    bucket.width < bucket.height
      ? { width: bucket.width, height: Math.trunc(bucket.width / raw) }
      : { width: Math.trunc(bucket.height * raw), height: bucket.height };
  const isSquare = twoDigits(bucket.width / bucket.height) === 1;
  const [wider, higher] = [bucket.width - resized.width, bucket.height - resized.height];
  if (wider > 0) {
    resized.width += wider;
    resized.height += Math.trunc(wider / raw);
  } else if (higher > 0) {
    resized.width += Math.trunc(higher * raw);
    resized.height += higher;
  }
  if (!isSquare) return croppedInTheMiddle(resized, "lanczos", bucket);
  return croppedInTheMiddle(resized.width < edge ? square : resized, "lanczos", square);
}

/** height / width; the landscape formats are their reciprocals. */
const oneTrainerAspects = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4];

/**
 * With aspect ratio bucketing and without crop jitter, for models whose sides it rounds to 64:
 * SDXL, SD 3, Flux and most others.
 */
function oneTrainer(size: Size, resolution: number): Loading {
  const rounded = (side: number) => roundHalfToEven(side / bucketStep) * bucketStep;
  const portraits = oneTrainerAspects.map((long) => ({
    width: rounded((long / Math.sqrt(long)) * resolution),
    height: rounded((1 / Math.sqrt(long)) * resolution),
  }));
  const buckets = [...portraits, ...portraits.map(({ width, height }) => ({ width: height, height: width }))];
  const aspect = ({ width, height }: Size) => height / width;
  const bucket = buckets.reduce((best, one) =>
    Math.abs(aspect(one) - aspect(size)) < Math.abs(aspect(best) - aspect(size)) ? one : best,
  );
  const resized =
    aspect(size) > aspect(bucket)
      ? { width: bucket.width, height: roundHalfToEven(size.height * (bucket.width / size.width)) }
      : { width: roundHalfToEven(size.width * (bucket.height / size.height)), height: bucket.height };
  return croppedInTheMiddle(resized, "bilinear", bucket);
}

/**
 * With `--center_crop` and `--image_interpolation_mode nearest`: the shorter side becomes the
 * resolution, and a square is cropped.
 */
function diffusers(size: Size, resolution: number): Loading {
  const isWide = size.width > size.height;
  const long = Math.trunc((resolution * Math.max(size.width, size.height)) / Math.min(size.width, size.height));
  const resized = isWide ? { width: long, height: resolution } : { width: resolution, height: long };
  const middle = (side: number) => roundHalfToEven((side - resolution) / 2);
  const crop = { left: middle(resized.width), top: middle(resized.height), width: resolution, height: resolution };
  return { resized, filter: "nearest", crop };
}

function nearestAspect(buckets: readonly Size[], size: Size): Size {
  const error = (one: Size) => Math.abs(one.width / one.height - size.width / size.height);
  return buckets.reduce((best, one) => (error(one) < error(best) ? one : best));
}

/**
 * Like Python's round() to two digits: exact ties, which are odd multiples of an eighth, go to the
 * even digit.
 */
function twoDigits(value: number): number {
  return Number.isInteger(8 * value) ? roundHalfToEven(100 * value) / 100 : Number(value.toFixed(2));
}

/** Like Python's round(). */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

export function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
