// If a picture is too large for the device, says which of the page's settings help.

import { UserError } from "../../../src/errors.ts";
import { PictureSizeError } from "../../../src/nn/generator.ts";

/** @throws UserError in the words of the page, for a PictureSizeError about memory */
export async function advisingSettings<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PictureSizeError) || !("longest" in error.remedy)) throw error;
    const { longest, longestInHalf } = error.remedy;
    const half = longestInHalf === undefined ? "" : `, or of ${longestInHalf} with half precision`;
    throw new UserError(`${error.reason} Choose a longest side of ${longest} pixels or less${half}.`);
  }
}
