// Valid constants of shaders, and constants that a kernel shares with its twin, so that neither
// check would notice a change.

import { deepStrictEqual as same, throws } from "node:assert/strict";
import { composeShader } from "../../../src/kernels/core/shader.ts";
import { diffusions } from "../../../src/kernels/pixelart/dither-diffusion.ts";

export function checkConstants(): void {
  composeShader("", { ZERO: 0 });
  for (const value of [-1, 1.5, NaN]) throws(() => composeShader("", { value }), /value/);
}

/**
 * The published shares, in sixteenths: Floyd and Steinberg 1976; Atkinson gives an eighth to each
 * of six.
 */
export function checkDiffusions(): void {
  same(diffusions, {
    "floyd-steinberg": { left: 7, furtherLeft: 0, aboveLeft: 1, above: 5, aboveRight: 3, furtherAbove: 0 },
    atkinson: { left: 2, furtherLeft: 2, aboveLeft: 2, above: 2, aboveRight: 2, furtherAbove: 2 },
  });
}
