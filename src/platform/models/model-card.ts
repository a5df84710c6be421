// The card of a bundled model, weights/NAME.json, beside its tensors.

import * as v from "valibot";
import { UserError } from "../../errors.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const training = v.object({
  direction: v.string(),
  steps: count,
  batch: count,
  crop: count,
  settings: v.string(),
  data: v.string(),
});

const checkpoint = {
  name: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  /** The tensors' file, beside the card. */
  file: v.pipe(v.string(), v.regex(/^[\w.-]+\.(safetensors|pth)$/)),
};

const modelCard = v.object({
  ...checkpoint,
  /** What it translates into what, in a sentence. */
  description: v.string(),
  /** Pixels along a cell's side in the network's pictures; 1 if they have no cells. */
  cell: count,
  /**
   * The width in pixels of the defective border in the network's output. A picture is padded with
   * this many mirrored pixels, which are cropped afterwards.
   */
  margin: v.pipe(v.number(), v.integer(), v.minValue(0)),
  network: v.object({ netG: v.string(), ngf: count, norm: v.string(), parameters: count, precision: v.string() }),
  training,
});

/**
 * The card of a discriminator, weights/discriminators/NAME.json, which scores the output of the
 * generator of this name.
 */
const discriminatorCard = v.object({
  ...checkpoint,
  /** What it judges, in a sentence. */
  description: v.string(),
  network: v.object({ netD: v.string(), ndf: count, norm: v.string(), parameters: count, precision: v.string() }),
  training,
});

export type DiscriminatorCard = v.InferOutput<typeof discriminatorCard>;
export type ModelCard = v.InferOutput<typeof modelCard>;

/** The model that is used if none is named. */
export const defaultModel = "pixelart-4";

/** The model that replaces it where it would be too slow. */
export const lightModel = "pixelart-4-light";

/**
 * Reads a card.
 *
 * @param file its name, for error messages
 * @throws UserError naming the card and what it lacks
 */
export function parseCard(file: string, bytes: Uint8Array): ModelCard {
  return parse(modelCard, file, bytes);
}

/**
 * Reads the card of a discriminator.
 *
 * @throws UserError naming the card and what it lacks
 */
export function parseDiscriminatorCard(file: string, bytes: Uint8Array): DiscriminatorCard {
  return parse(discriminatorCard, file, bytes);
}

function parse<Schema extends v.GenericSchema<unknown, object>>(
  schema: Schema,
  file: string,
  bytes: Uint8Array,
): v.InferOutput<Schema> {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), new TextDecoder().decode(bytes));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new UserError(`The model card ${file} is damaged: ${where ? `${where}: ` : ""}${issue.message}.`);
}

/** The default model first, the light one next, the others by name. */
export function sortCards(cards: readonly ModelCard[]): ModelCard[] {
  const rank = ({ name }: ModelCard) => [defaultModel, lightModel, name].indexOf(name);
  return [...cards].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
