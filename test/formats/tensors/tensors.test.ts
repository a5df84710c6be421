import { describe, expect, it } from "vitest";
import { toFloat32, toHalf, type DType, type NamedTensor } from "../../../src/formats/tensors/tensors.ts";

function tensor(dtype: DType, values: ArrayBufferView & { length: number }): NamedTensor {
  return {
    name: "t",
    dtype,
    shape: [values.length],
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

describe("toFloat32", () => {
  it.each([
    tensor("float32", new Float32Array([1.5, -0, NaN, Infinity])),
    tensor("float64", new Float64Array([1.5, -0, NaN, Infinity])),
    tensor("float16", new Uint16Array([0x3e00, 0x8000, 0x7e01, 0x7c00])),
    tensor("bfloat16", new Uint16Array([0x3fc0, 0x8000, 0x7fc1, 0x7f80])),
  ])("widens $dtype", (t) => expect([...toFloat32(t)]).toEqual([1.5, -0, NaN, Infinity]));

  it.each([
    [tensor("int64", new BigInt64Array([-(2n ** 40n), 7n])), [-(2 ** 40), 7]],
    [tensor("int32", new Int32Array([-(2 ** 31), 7])), [-(2 ** 31), 7]],
    [tensor("int16", new Int16Array([-32768, 7])), [-32768, 7]],
    [tensor("int8", new Int8Array([-128, 7])), [-128, 7]],
    [tensor("uint8", new Uint8Array([255, 7])), [255, 7]],
    [tensor("bool", new Uint8Array([1, 0])), [1, 0]],
  ])("reads $0.dtype", (t, values) => expect([...toFloat32(t)]).toEqual(values));

  it("accepts data at odd offsets and does not share memory", () => {
    const bytes = new Uint8Array(9);
    bytes.set(new Uint8Array(new Float32Array([1.5, 2.5]).buffer), 1);
    const values = toFloat32({ name: "t", dtype: "float32", shape: [2], data: bytes.subarray(1) });
    bytes.fill(0);
    expect([...values]).toEqual([1.5, 2.5]);
  });
});

describe("toHalf", () => {
  it("rounds once, directly from float64", () => {
    // Through float32 this would first become the tie 1 + 2^-11 and then 1.
    expect([...toFloat32(toHalf(tensor("float64", new Float64Array([1 + 2 ** -11 + 2 ** -40]))))]).toEqual([
      1 + 2 ** -10,
    ]);
  });
  it("leaves integers alone and keeps infinities", () => {
    const count = tensor("int64", new BigInt64Array([7n]));
    expect(toHalf(count)).toBe(count);
    expect([...toFloat32(toHalf(tensor("float32", new Float32Array([Infinity, NaN]))))]).toEqual([Infinity, NaN]);
  });
  it("refuses a number that would become infinite", () => {
    expect(() => toHalf(tensor("float32", new Float32Array([0, 1e5])))).toThrow(/tensor t holds 100000, .* 65504/);
  });
});
