// The options of an export, and which combinations are invalid.

import { checkTemplate } from "../../../../dataset/export/caption.ts";
import type { FitMode } from "../../../../dataset/export/fit.ts";
import { bucketStep, type Trainer } from "../../../../dataset/export/loading.ts";
import type { Padding } from "../../../../dataset/prepare/paint.ts";
import { UserError } from "../../../../errors.ts";
import type { Size } from "../../../../picture/preprocess.ts";
import type { Colour } from "../../../../pixelart/palettes/palette.ts";
import { hashOf } from "../../../files/hash.ts";
import type { CaptionerOptions } from "./captioner.ts";
import type { SubjectSource } from "./subjects.ts";

export interface ExportOptions {
  /** A folder of pixel art, including its subfolders. */
  readonly input: string;
  readonly out: string;
  readonly trainer: Trainer;
  /** The side of the square whose area a training picture has. */
  readonly size: number;
  /** Allows only these training sizes. */
  readonly buckets?: readonly Size[] | undefined;
  /** Pixels of the result along a cell's side; undefined to choose one for the whole set. */
  readonly cell?: number | undefined;
  /** Pixels of the pictures along a cell's side, if known. */
  readonly grid?: number | undefined;
  readonly fit: FitMode;
  readonly padding: Padding;
  readonly background: Colour;
  /** The sources to ask for what a picture shows, in order. */
  readonly captions: readonly SubjectSource[];
  readonly table?: string | undefined;
  readonly template: string;
  readonly trigger: string;
  readonly captioner?: CaptionerOptions | undefined;
  /** Where the trainer will find `out`. Default: its current location. */
  readonly path?: string | undefined;
  /** No terminal output. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** Suitable for most people. */
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
  const { size, cell, grid, template, trigger, captioner, table, captions } = options;
  if (!Number.isInteger(size) || size < 4 * bucketStep || size > 4096 || size % bucketStep !== 0)
    throw new UserError(`--size must be a multiple of ${bucketStep} from ${4 * bucketStep} to 4096, not ${size}.`);
  for (const [name, value] of [
    ["--cell", cell],
    ["--grid", grid],
  ] as const)
    if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > 512))
      throw new UserError(`${name} must be a whole number of pixels from 1 to 512, not ${value}.`);
  checkTemplate(template);
  if (trigger !== "" && !template.includes("{trigger}"))
    throw new UserError(
      `--trigger ${trigger} would be in no caption: add {trigger} to --template, as in "${template}, {trigger}".`,
    );
  for (const [name, value] of [
    ["captioner", captioner],
    ["table", table],
  ] as const)
    if (value !== undefined && !captions.includes(name))
      throw new UserError(`--${name} is given, but --captions does not use it: add ${name} to the list.`);
}

/** Equal for exports that produce the same result from the same picture. */
export function settingsOf(options: ExportOptions, cell: number, captioner: string | undefined): string {
  const { trainer, size, buckets, grid, fit, padding, background, captions, template, trigger } = options;
  const all = { trainer, size, buckets, cell, grid, fit, padding, background, captions, template, trigger, captioner };
  return hashOf(JSON.stringify(all)).slice(0, 16);
}
