// What an export is asked for, and what makes no sense.

import type { Size } from "../../../../data/preprocess.ts";
import { checkTemplate } from "../../../../dataset/export/caption.ts";
import type { FitMode } from "../../../../dataset/export/fit.ts";
import { bucketStep, type Trainer } from "../../../../dataset/export/loading.ts";
import type { Padding } from "../../../../dataset/prepare/paint.ts";
import { UserError } from "../../../../errors.ts";
import type { Colour } from "../../../../pixelart/palettes/palette.ts";
import { hashOf } from "../../../files/hash.ts";
import type { CaptionerOptions } from "./captioner.ts";
import type { SubjectSource } from "./subjects.ts";

export interface ExportOptions {
  /** A folder of pixel art, with all below it. */
  readonly input: string;
  readonly out: string;
  readonly trainer: Trainer;
  /** The side of the square whose area a training picture has. */
  readonly size: number;
  /** Takes these training sizes alone. */
  readonly buckets?: readonly Size[] | undefined;
  /** Pixels of the result along a cell's side; undefined chooses one for the whole set. */
  readonly cell?: number | undefined;
  /** Pixels of the pictures along a cell's side, where that is known. */
  readonly grid?: number | undefined;
  readonly fit: FitMode;
  readonly padding: Padding;
  readonly background: Colour;
  /** Who is asked what is to be seen in a picture, in order. */
  readonly captions: readonly SubjectSource[];
  readonly table?: string | undefined;
  readonly template: string;
  readonly trigger: string;
  readonly captioner?: CaptionerOptions | undefined;
  /** Where the trainer will find `out`. Default: where it is now. */
  readonly path?: string | undefined;
  /** Nothing on the terminal. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** What most people want. */
export const defaultExportOptions = {
  size: 1024,
  fit: "pad",
  padding: "color",
  background: [255, 255, 255],
  captions: ["sidecar", "table", "prompts", "captioner"],
  template: "{subject}, pixel art",
  trigger: "",
} as const;

/** @throws UserError */
export function checkExportOptions(options: ExportOptions): void {
  const { size, cell, grid, template, captioner, captions } = options;
  if (!Number.isInteger(size) || size < 4 * bucketStep || size > 4096 || size % bucketStep !== 0)
    throw new UserError(`--size must be a multiple of ${bucketStep} from ${4 * bucketStep} to 4096, not ${size}.`);
  for (const [name, value] of [
    ["--cell", cell],
    ["--grid", grid],
  ] as const)
    if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > 512))
      throw new UserError(`${name} must be a whole number of pixels from 1 to 512, not ${value}.`);
  checkTemplate(template);
  if (captioner && !captions.includes("captioner"))
    throw new UserError("--captioner is given, and --captions does not ask it: add captioner to the list.");
}

/** Equal for exports that make the same of the same picture. */
export function settingsOf(options: ExportOptions, cell: number, captioner: string | undefined): string {
  const { trainer, size, buckets, grid, fit, padding, background, captions, template, trigger } = options;
  const all = { trainer, size, buckets, cell, grid, fit, padding, background, captions, template, trigger, captioner };
  return hashOf(JSON.stringify(all)).slice(0, 16);
}
