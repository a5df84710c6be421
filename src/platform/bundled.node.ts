// The models that come with the package: each is a card, weights/NAME.json, that says what it is, beside its tensors.

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { UserError } from "../errors.ts";
import { readFileBytes, systemReason } from "./files.node.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const modelCard = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  /** The tensors' file, beside the card. */
  file: v.pipe(v.string(), v.regex(/^[\w.-]+\.(safetensors|pth)$/)),
  /** What it makes of what, in a sentence. */
  description: v.string(),
  /** Pixels of a cell's side in the network's pictures; 1 where they have no cells. */
  cell: count,
  /** Pixels that the network's pictures are wrong by at the border: so many are mirrored around a picture and cut away after. */
  margin: v.pipe(v.number(), v.integer(), v.minValue(0)),
  network: v.object({ netG: v.string(), ngf: count, norm: v.string(), parameters: count, precision: v.string() }),
  training: v.object({
    direction: v.string(),
    steps: count,
    batch: count,
    crop: count,
    settings: v.string(),
    data: v.string(),
  }),
});

export type ModelCard = v.InferOutput<typeof modelCard>;

/** The model for those who name none. */
export const defaultModel = "pixelart-4";

/** The package's own folder, from wherever this code was built to: the one whose package.json bears its name. */
export async function packageFolder(): Promise<string> {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
    if (JSON.parse(text).name === "pixelcycle") return folder;
    if (dirname(folder) === folder) {
      throw new UserError(`No folder above ${start} is the package pixelcycle, which its models lie in. Reinstall it.`);
    }
  }
}

/**
 * The cards of all models in the box, the default model first.
 *
 * @throws UserError naming the card that cannot be read or lacks something
 */
export async function bundledModels(): Promise<ModelCard[]> {
  const folder = await weightsFolder();
  const files = await readdir(folder).catch((error) => {
    throw new UserError(`${folder}: ${systemReason(error)}. Reinstall the package: its models lie there.`);
  });
  const cards = await Promise.all(
    files
      .filter((file) => file.endsWith(".json"))
      .map(async (file) => parseCard(file, await readFileBytes(join(folder, file)))),
  );
  return cards.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/**
 * A model of the box: its card and the bytes of its checkpoint.
 *
 * @throws UserError that lists the models where none has this name, or naming the file that cannot be read
 */
export async function loadBundled(name: string): Promise<{ card: ModelCard; bytes: Uint8Array }> {
  const cards = await bundledModels();
  const card = cards.find((card) => card.name === name);
  if (!card) {
    const names = cards.map(({ name }) => name).join(", ");
    throw new UserError(`There is no file and no bundled model called ${name}. The bundled models are: ${names}.`);
  }
  return { card, bytes: await readFileBytes(join(await weightsFolder(), card.file)) };
}

/**
 * Reads a card.
 *
 * @param file its name, for complaints
 */
export function parseCard(file: string, bytes: Uint8Array): ModelCard {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), modelCard), new TextDecoder().decode(bytes));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new UserError(`The model card ${file} is damaged: ${where ? `${where}: ` : ""}${issue.message}.`);
}

async function weightsFolder(): Promise<string> {
  return join(await packageFolder(), "weights");
}

function rank({ name }: ModelCard): number {
  return name === defaultModel ? 0 : 1;
}
