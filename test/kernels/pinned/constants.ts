// What a shader may be handed as a constant.

import { throws } from "node:assert/strict";
import { composeShader } from "../../../src/kernels/core/shader.ts";

export function checkConstants(): void {
  composeShader("", { ZERO: 0 });
  for (const value of [-1, 1.5, NaN]) throws(() => composeShader("", { value }), /value/);
}
