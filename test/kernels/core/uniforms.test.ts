// Uniforms by name, in the order of the shader's struct. Unknown and missing names are reported.

import { expect, test } from "vitest";
import { uniformFields, uniforms } from "../../../src/kernels/core/uniforms.ts";

const shader = `
struct Range {
  count: u32, // vec4s: of the output
  first: u32,
}

@group(0) @binding(2) var<uniform> range: Range;
`;
const nested = `
struct Part {
  band: Band,
  lines: u32,
}
struct Band {
  samples: u32,
  rows: u32,
  width: u32,
  height: u32,
  kernel: u32,
}
@group(0) @binding(3) var<uniform> part: Part;
`;

test("numbers are laid out as in the struct, padded to 16 bytes", () => {
  expect([...uniforms(shader, { first: 2 ** 32 - 1, count: 7 })]).toEqual([7, 2 ** 32 - 1, 0, 0]);
  expect([...uniforms(shader, { count: true, first: false })]).toEqual([1, 0, 0, 0]);
});

test("a struct within a struct takes a multiple of 16 bytes", () => {
  expect(uniformFields(nested)).toEqual([
    "samples",
    "rows",
    "width",
    "height",
    "kernel",
    null,
    null,
    null,
    "lines",
    null,
    null,
    null,
  ]);
  const values = { lines: 9, samples: 1, rows: 2, width: 3, height: 4, kernel: 5 };
  expect([...uniforms(nested, values)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0, 9, 0, 0, 0]);
});

test("a nested struct begins at the next multiple of 16 bytes", () => {
  const late = nested.replace("  band: Band,\n  lines: u32,", "  lines: u32,\n  band: Band,");
  expect(uniformFields(late)).toEqual([
    "lines",
    null,
    null,
    null,
    "samples",
    "rows",
    "width",
    "height",
    "kernel",
    null,
    null,
    null,
  ]);
});

test.each([
  [{ count: 1 }, "uniform first is given no value"],
  [{ count: 1, first: 2, frist: 3, more: 4 }, "have no frist, more"],
  [{ count: 1, first: -1 }, "first = -1 is not a u32"],
  [{ count: 1.5, first: 0 }, "count = 1.5 is not a u32"],
  [{ count: 2 ** 32, first: 0 }, "count = 4294967296 is not a u32"],
  [{ count: NaN, first: 0 }, "count = NaN is not a u32"],
])("%j is refused: %s", (values, message) => {
  expect(() => uniforms(shader, values)).toThrow(message);
});

test("a missing struct is named", () => {
  expect(() => uniforms("var<uniform> range: Range;", {})).toThrow("no struct Range");
});
