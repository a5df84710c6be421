// If a network does not accept a picture's size, says which of a command's options change it.

import { PictureSizeError, type SizeRemedy } from "../../nn/generator.ts";

/**
 * Runs `work`. If it fails because of a picture's size, the options that help are added to the
 * error.
 *
 * @param optionsFor the options to type; undefined if the command has none that help
 */
export async function advisingSize<T>(
  work: () => Promise<T>,
  optionsFor: (remedy: SizeRemedy) => string | undefined,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const options = error instanceof PictureSizeError && optionsFor(error.remedy);
    if (!options) throw error;
    throw new PictureSizeError(error.reason, `${error.advice} ${options} does so.`, error.remedy);
  }
}
