// Compiles every convolution kernel for AMD's GPUs with Mesa's own compiler on a null device:
// nothing spills, and no kernel's ceiling falls. Skipped if that compiler is not installed.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { filterLadder, forwardLadder } from "../../bench/ladder.ts";
import { compileOffline, missingOffline, type Compiled } from "../../bench/offline/offline.ts";
import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { launchFilterGradient } from "../../src/kernels/convolution/filter-gradient-launch.ts";
import { filterGradientVariants } from "../../src/kernels/convolution/filter-gradient-variants.ts";
import { convolutionGeometry } from "../../src/kernels/convolution/geometry.ts";
import { launchConvolution } from "../../src/kernels/convolution/launch.ts";
import { variants } from "../../src/kernels/convolution/variants.ts";
import { byteLength, image, type Launch, type TensorType, type Traits } from "../../src/kernels/core/operation.ts";
import { largeHardware } from "../devices.ts";

const missing = missingOffline();
if (missing) console.warn(`Kernels are not compiled for GPUs that are not here. ${missing}`);

/** As Dawn reports a GPU of AMD on Linux. */
const amd: Traits = { ...largeHardware, subgroupSize: 64, workgroupInvocations: 256 };
const layer: TensorType[] = [image(1, 256, 64, 64), { layout: "filter", shape: [256, 256, 3, 3] }];
const attributes = { stride: 1, padding: 1, reflect: true };
const operand = (type: TensorType) => ({ type, bytes: byteLength(type) });
const [input, filters, output] = [...layer, convolution.infer(layer, attributes)].map(operand);

/** Percent of the peak at best, on RDNA2 and on RDNA3, as compiled by Mesa 25.0.7 on 2026-11-29. */
const ceilings: Readonly<Record<string, readonly [rdna2: number, rdna3: number]>> = {
  "broadcast 8x1 in 1x64": [75, 62],
  "broadcast 16x1 in 1x64": [78, 64],
  "naive 1x0.25 in 8x8": [25, 13],
  "registers 1x1 in 8x8": [40, 20],
  "registers 4x1 in 8x8": [63, 50],
  "registers 8x1 in 8x8": [69, 64],
  "registers 8x2 in 8x8": [82, 76],
  "registers 4x1 in 64x1": [68, 62],
  "tiled 4x1 in 16x16": [82, 47],
  "tiled 8x1 in 16x16": [90, 64],
  "tiled 8x2 in 16x16": [92, 86],
  "prefetched 8x2 in 16x16": [96, 92],
  "half precision, tiled 8x1 in 16x16": [89, 65],
  "half precision, prefetched 8x2 in 16x16": [94, 92],
  "filter gradient, broadcast 1x1 in 64x1": [34, 22],
  "filter gradient, broadcast 1x4 in 64x1": [59, 44],
  "filter gradient, naive 0.25x0.25 in 8x8": [3, 1],
  "filter gradient, registers 1x1 in 8x8": [28, 18],
  "filter gradient, registers 1x4 in 8x8": [61, 45],
  "filter gradient, registers 1x1 in 64x1": [30, 19],
  "filter gradient, tiled 1x1 in 16x16": [60, 44],
  "filter gradient, tiled 2x2 in 16x16": [87, 78],
};

function kernels(): Map<string, string> {
  const nameOf = ({ kind, rows, columns, groupRows, groupColumns }: Record<string, unknown>) =>
    `${String(kind)} ${String(rows)}x${String(columns)} in ${String(groupRows)}x${String(groupColumns)}`;
  const geometry = convolutionGeometry(input.type, filters.type, output.type, attributes);
  const found = new Map<string, string>();
  for (const variant of variants(amd)) {
    const [{ shader }] = launchConvolution(amd, geometry, [input, filters], output, variant);
    found.set(nameOf({ ...variant }), shader);
  }
  for (const variant of filterGradientVariants(amd)) {
    const given = { kernel: 3, ...attributes };
    const [{ shader }] = launchFilterGradient(amd, [input, output], filters, given, variant);
    found.set(`filter gradient, ${nameOf({ ...variant })}`, shader);
  }
  const longest = (launches: readonly Launch[]) => launches.reduce((a, b) => (a.flops > b.flops ? a : b)).shader;
  forwardLadder.rungs.forEach(({ forward, half = false }, number) => {
    const operands = [input, filters].map(({ type }) => operand({ ...type, half }));
    const result = operand({ ...output.type, half });
    found.set(`rung ${number}`, longest(forward(amd)!(amd, operands, result, forwardLadder.attributes)));
  });
  // The tiles of real GPUs in half precision.
  for (const [rows, columns, kind] of [
    [8, 1, "tiled"],
    [8, 2, "prefetched"],
  ]) {
    const variant = variants(amd).find((row) => row.kind === kind && row.rows === rows && row.columns === columns)!;
    const operands = [input, filters].map(({ type }) => operand({ ...type, half: true }));
    const result = operand({ ...output.type, half: true });
    const [{ shader }] = launchConvolution(amd, geometry, operands, result, variant);
    found.set(`half precision, ${nameOf({ ...variant })}`, shader);
  }
  filterLadder.rungs.forEach(({ forward }, number) => {
    const launches = forward(amd)!(amd, [input, output], filters, filterLadder.attributes);
    found.set(`rung of filters ${number}`, longest(launches));
  });
  return found;
}

const compiled = missing ? [] : compileOffline(kernels());
const percentOf = ({ ceiling }: Compiled) => Math.round(100 * (ceiling?.share ?? 0));

test.skipIf(missing)("no kernel spills", () => {
  expect(compiled.length).toBeGreaterThan(0);
  expect(compiled.filter(({ spilled }) => spilled > 0)).toEqual([]);
});

test.skipIf(missing)("every kernel has a ceiling, and none falls", () => {
  const found: Record<string, number[]> = {};
  for (const kernel of compiled) {
    if (!kernel.kernel.startsWith("rung")) (found[kernel.kernel] ??= []).push(percentOf(kernel));
  }
  expect(Object.keys(found).sort()).toEqual(Object.keys(ceilings).sort());
  // A point is the compiler's own from version to version.
  const fallen = Object.entries(found).filter(([name, own]) => own.some((value, i) => value < ceilings[name][i] - 1));
  expect(fallen, JSON.stringify(found)).toEqual([]);
});

test.skipIf(missing)("docs/ladder.md has the registers and ceilings of the rungs", () => {
  const page = readFileSync(new URL("../../docs/ladder.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => /^\| \d /.test(line));
  const told = rows.map((line) => line.split("|").map((cell) => cell.trim())).map((cells) => cells.slice(3, 5));
  const names = [...forwardLadder.rungs.keys()].map((number) => `rung ${number}`);
  names.push(...[...filterLadder.rungs.keys()].map((number) => `rung of filters ${number}`));
  const own = names.map((name) => compiled.filter(({ kernel }) => kernel === name));
  const asTold = (kernel: Compiled) => `${kernel.registers}, ${percentOf(kernel)} %`;
  expect(told).toEqual(own.map((both) => both.map(asTold)));
});
