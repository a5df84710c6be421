// Options that mean something only beside another one. Given alone they would be ignored, and
// nobody would be told.

import { UserError } from "../../errors.ts";
import type { DitherOptions } from "../../pixelart/dither.ts";

/**
 * @param needed the option that gives the others a meaning
 * @param isGiven whether it is there
 * @param options the others by name, with the values that were given
 * @throws UserError naming the first that is given in vain
 */
export function requireCompanion(needed: string, isGiven: boolean, options: Readonly<Record<string, unknown>>): void {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (!isGiven && name !== undefined)
    throw new UserError(`${name} has no effect without ${needed}: add that, or leave ${name} out.`);
}

/** @throws UserError for a strength of dithering without dithering */
export function checkDithering({ dither = "none", ditherStrength }: DitherOptions): void {
  requireCompanion("--dither", dither !== "none", { "--dither-strength": ditherStrength });
}
