// A picture whose size a network does not take: which of a command's options give it another.

import { PictureSizeError, type SizeRemedy } from "../../nn/generator.ts";

/**
 * Does it; where it fails by a picture's size, the sentence goes on with the options that mend it.
 *
 * @param optionsFor what to type; nothing where the command has no option for it
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
    throw new PictureSizeError(`${error.message} ${options} does so.`, error.remedy);
  }
}
