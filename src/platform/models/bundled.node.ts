// The models that the package includes. Each has a card, weights/NAME.json, that describes it,
// beside its tensors.

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { allInOrder, UserError } from "../../errors.ts";
import { readFileBytes, systemReason } from "../files/files.node.ts";
import { parseCard, sortCards, type ModelCard } from "./model-card.ts";

/**
 * The package's own folder, wherever this code was built to: the one whose package.json has the
 * package's name.
 */
export async function packageFolder(): Promise<string> {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
    if (JSON.parse(text).name === "pixelcycle") return folder;
    if (dirname(folder) === folder) {
      throw new UserError(
        `No folder above ${start} is the package pixelcycle, which contains its models. Reinstall it.`,
      );
    }
  }
}

/**
 * The cards of all bundled models, the default model first.
 *
 * @throws UserError naming the card that cannot be read or is incomplete
 */
export async function bundledModels(): Promise<ModelCard[]> {
  const folder = await weightsFolder();
  const files = await readdir(folder).catch((error) => {
    throw new UserError(`${folder}: ${systemReason(error)}. Reinstall the package, which contains its models.`);
  });
  const cards = await allInOrder(
    files
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map(async (file) => parseCard(file, await readFileBytes(join(folder, file)))),
  );
  return sortCards(cards);
}

/**
 * A bundled model: its card and the bytes of its checkpoint.
 *
 * @throws UserError that lists the models if none has this name, or that names the file that cannot
 * be read
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

async function weightsFolder(): Promise<string> {
  return join(await packageFolder(), "weights");
}
