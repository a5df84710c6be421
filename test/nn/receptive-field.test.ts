// The receptive field of a score: its size by the literature, and by changing pixels inside and
// outside.

import { expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { input } from "../../src/autograd/tensor.ts";
import { image } from "../../src/kernels/core/operation.ts";
import type { PatchDiscriminator } from "../../src/nn/architecture.ts";
import { converting } from "../../src/nn/layers.ts";
import { network } from "../../src/nn/networks.ts";
import { receptiveField } from "../../src/nn/receptive-field.ts";
import { uploadWeights } from "../../src/nn/weights.ts";
import { fromDevice, openTestGpu, someValues, toDevice } from "../gpu.ts";
import { randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();
const patch: PatchDiscriminator = { kind: "patch", inputChannels: 3, ndf: 4, layers: 3, norm: "none" };
const side = 96;
const picture = input("image", image(1, 3, side, side));
const verdicts = network(patch, picture, converting);
const field = (cell: number) => receptiveField(verdicts, picture, { first: cell, last: cell });

test.each([
  [1, 16],
  [2, 34],
  [3, 70],
  [4, 142],
  [5, 286],
])("%i layers see %i pixels, and one pixel further on with each stride", (count, size) => {
  const output = network({ ...patch, layers: count }, picture, converting);
  const at = (cell: number) => receptiveField(output, picture, { first: cell, last: cell });
  expect(at(0).last - at(0).first + 1).toBe(size);
  expect(at(1).first - at(0).first).toBe(2 ** count);
});

test("a pixel outside a score's field does not change it, each corner inside does", async () => {
  const weights = await uploadWeights(gpu, patch, randomWeights(patch, 0.5));
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [verdicts]), weights);
  const values = someValues(picture.type, 3);
  const judge = async (changed?: [row: number, column: number]) => {
    const data = values.slice();
    if (changed) for (let c = 0; c < 3; c++) data[(c * side + changed[0]) * side + changed[1]] += 1;
    program.write("image", toDevice(picture.type, data));
    await program.run();
    return fromDevice(verdicts.type, await program.read());
  };
  const before = await judge();
  const count = verdicts.shape[3];
  const [row, column] = [Math.floor(count / 2), Math.floor(count / 2) - 1];
  const [rows, columns] = [field(row), field(column)];
  expect(rows.first).toBeGreaterThan(0);
  expect(rows.last).toBeLessThan(side - 1);
  const at = (map: Float64Array) => map[row * count + column];
  for (const y of [rows.first, rows.last]) {
    for (const x of [columns.first, columns.last]) expect(at(await judge([y, x])), `${y} ${x}`).not.toBe(at(before));
  }
  const middle = (columns.first + columns.last) >> 1;
  for (const changed of [
    [rows.first - 1, middle],
    [rows.last + 1, middle],
    [(rows.first + rows.last) >> 1, columns.first - 1],
    [(rows.first + rows.last) >> 1, columns.last + 1],
  ] as [number, number][]) {
    const after = await judge(changed);
    expect(at(after)).toBe(at(before));
    expect(after).not.toEqual(before);
  }
  program.release();
  weights.forEach((buffer) => gpu.buffers.release(buffer));
});

test("a network with reflection padding has no such span", () => {
  const output = network(smallResnet, picture, converting);
  expect(() => receptiveField(output, picture, { first: 0, last: 0 })).toThrow("Mirrored");
});
