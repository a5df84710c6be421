// What a shader may be handed as a constant, and constants that a kernel and its twin share, so that neither can tell on the other.

import { deepStrictEqual as same, throws } from "node:assert/strict";
import { composeShader } from "../../../src/kernels/core/shader.ts";
import { diffusions } from "../../../src/kernels/pixelart/dither-diffusion.ts";

export function checkConstants(): void {
  composeShader("", { ZERO: 0 });
  for (const value of [-1, 1.5, NaN]) throws(() => composeShader("", { value }), /value/);
}

/** The shares in sixteenths as the authors have them: Floyd and Steinberg 1976; Atkinson an eighth to each of six. */
export function checkDiffusions(): void {
  same(diffusions, {
    "floyd-steinberg": { left: 7, furtherLeft: 0, aboveLeft: 1, above: 5, aboveRight: 3, furtherAbove: 0 },
    atkinson: { left: 2, furtherLeft: 2, aboveLeft: 2, above: 2, aboveRight: 2, furtherAbove: 2 },
  });
}
