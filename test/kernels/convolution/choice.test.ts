// Which variant of a convolution is launched: the measured one where there is one, else the rules'.

import { describe, expect, test } from "vitest";
import { convolution, transposedConvolution } from "../../../src/kernels/convolution/convolution.ts";
import { filterGradient } from "../../../src/kernels/convolution/filter-gradient.ts";
import type { Launch, Operation, Trial, Traits } from "../../../src/kernels/core/operation.ts";
import { operations } from "../../../src/kernels/index.ts";
import { hardware, software } from "../../devices.ts";
import { launchesOf, operandsOf } from "../checks.ts";
import { convolved } from "../pinned/plan.ts";

const devices = { hardware, software, plain: { ...hardware, subgroupSize: 0, workgroupBytes: 0 } };
const measurable = operations.filter(({ variants }) => variants);

function layerOf(operation: Operation, trial: Trial<unknown>, traits: Traits) {
  const output = operation.infer(trial.inputs, trial.attributes);
  return operation.variants!(traits, trial.inputs, output, trial.attributes);
}

test("convolutions can be measured", () => {
  expect(measurable).toEqual([convolution, transposedConvolution, filterGradient]);
});

describe.each(Object.entries(devices))("on %s", (_name, traits) => {
  test.each(measurable.map((operation) => [operation.name, operation] as const))(
    "%s launches the variant that was measured, and the rules' without one that it has",
    (_name, operation) => {
      for (const trial of operation.trials) {
        const { layer, byRule, variants } = layerOf(operation, trial, traits);
        const operands = operandsOf(operation, trial);
        const textOf = (launches: readonly Launch[]) =>
          launches.map(({ shader, parameters, workgroups }) => [shader, parameters, workgroups].join()).join();
        const launched = (choices: [string, string][]) =>
          textOf(launchesOf(operation, trial, { ...traits, choices: new Map(choices) }, operands));
        const rule = launched([]);
        for (const [name, launch] of variants) {
          const text = textOf(launch(operands.slice(0, -1), operands.at(-1)!));
          expect(launched([[layer, name]]) === text).toBe(true);
          expect(text === rule).toBe(name === byRule);
        }
        for (const strange of ["", "naive 1x0.25 in 8x8", "a kernel of another version"]) {
          expect(launched([[layer, strange]]) === rule).toBe(true);
        }
        expect(launched([["another layer", [...variants.keys()].at(-1)!]]) === rule).toBe(true);
      }
    },
  );
});

// States and caches contain these names: a run whose state has another one would go on with other
// kernels.
test("layers and variants keep their names", () => {
  const named = <A>(operation: Operation<A>, trial: number, traits: Traits) => {
    const { layer, byRule, variants } = layerOf(operation as Operation, operation.trials[trial], traits);
    return { layer, byRule, variants: [...variants.keys()] };
  };
  const tiles = [
    ...["registers 1x1 in 8x8", "registers 4x1 in 8x8", "registers 8x1 in 8x8", "registers 8x2 in 8x8"],
    ...["registers 4x1 in 64x1", "tiled 4x1 in 16x16 deep 4", "tiled 8x1 in 16x16 deep 4"],
    ...["tiled 8x2 in 16x16 deep 2", "prefetched 8x2 in 16x16 deep 2"],
  ];
  expect(named(convolution, 8, hardware)).toEqual({
    layer: "convolution 3x3 stride 1, 30 to 37 channels, 2^6 pixels",
    byRule: "tiled 4x1 in 16x16 deep 4",
    variants: ["broadcast 8x1 in 1x32", "broadcast 16x1 in 1x32", ...tiles, "Winograd"],
  });
  expect(named(transposedConvolution, 10, software)).toEqual({
    layer: "transposed convolution 3x3 stride 1, 36 to 29 channels, 2^6 pixels",
    byRule: "Winograd",
    variants: ["broadcast 8x1 in 1x8", "broadcast 16x1 in 1x8", "narrow 4x1 in 8x1", ...tiles, "Winograd"],
  });
  expect(named(filterGradient, 2, software)).toEqual({
    layer: "filter gradient 3x3 stride 2, 5 to 6 channels, 2^4 pixels",
    byRule: "broadcast 1x4 in 8x1",
    variants: [
      ...["broadcast 1x1 in 8x1", "broadcast 1x4 in 8x1", "registers 1x1 in 8x8", "registers 1x4 in 8x8"],
      ...["registers 1x1 in 64x1", "tiled 1x1 in 16x16 by 8", "tiled 2x2 in 16x16 by 8"],
    ],
  });
});

test("pictures of similar sizes share a choice, larger ones and other channels do not", () => {
  const choices = new Map([["convolution 3x3 stride 1, 64 to 64 channels, 2^10 pixels", "registers 8x2 in 8x8"]]);
  const traits = { ...hardware, choices };
  const registers = (size: number, channels = 64) =>
    convolved(traits, channels, size, channels, 3)[0].includes("registers");
  expect([31, 32, 45, 46].map((size) => registers(size))).toEqual([false, true, true, false]);
  expect(registers(32, 60)).toBe(false);
});
