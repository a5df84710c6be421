// The tiles in workgroup memory, which take seconds to compile on software adapters, in half
// precision.

import { expect, test } from "vitest";
import { convolution, transposedConvolution } from "../../src/kernels/convolution/convolution.ts";
import type { Operation } from "../../src/kernels/core/operation.ts";
import { openTestGpu } from "../gpu.ts";
import { checkBands, checkTwin } from "./checks.ts";
import { formsOf } from "./forms.ts";
import { inHalf } from "./in-half.ts";

const gpu = await openTestGpu();
const forms = [convolution, transposedConvolution].flatMap((operation) =>
  formsOf(gpu, operation as Operation).filter(({ name }) => /^(tiled|prefetched)/.test(name)),
);

test.each(forms.map((form) => [form.operation.name, form.name, form.operation] as const))(
  "%s, %s equals its twin",
  async (_operation, _name, form) => {
    const half = inHalf(form);
    expect(half.trials.length).toBeGreaterThan(5);
    for (const trial of half.trials) {
      await checkTwin(gpu, half, trial);
      await checkBands(gpu, half, trial);
    }
  },
);
