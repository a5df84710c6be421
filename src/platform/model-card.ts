// What is told of a model that comes with the package: its card, weights/NAME.json, beside its tensors.

import * as v from "valibot";
import { UserError } from "../errors.ts";

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
  /** What it makes of what, in a sentence. */
  description: v.string(),
  /** Pixels of a cell's side in the network's pictures; 1 where they have no cells. */
  cell: count,
  /** Pixels that the network's pictures are wrong by at the border: so many are mirrored around a picture and cut away after. */
  margin: v.pipe(v.number(), v.integer(), v.minValue(0)),
  network: v.object({ netG: v.string(), ngf: count, norm: v.string(), parameters: count, precision: v.string() }),
  training,
});

/** Of a discriminator, weights/discriminators/NAME.json: it judges what the generator of this name makes. */
const discriminatorCard = v.object({
  ...checkpoint,
  /** What it judges, in a sentence. */
  description: v.string(),
  network: v.object({ netD: v.string(), ndf: count, norm: v.string(), parameters: count, precision: v.string() }),
  training,
});

export type DiscriminatorCard = v.InferOutput<typeof discriminatorCard>;
export type ModelCard = v.InferOutput<typeof modelCard>;

/** The model for those who name none. */
export const defaultModel = "pixelart-4";

/** The one to take its place where it would be too slow. */
export const lightModel = "pixelart-4-light";

/**
 * Reads a card.
 *
 * @param file its name, for complaints
 * @throws UserError naming the card and what it lacks
 */
export function parseCard(file: string, bytes: Uint8Array): ModelCard {
  return parse(modelCard, file, bytes);
}

/** Reads the card of a discriminator. @throws UserError naming the card and what it lacks */
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
