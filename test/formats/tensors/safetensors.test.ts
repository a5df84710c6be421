import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { readSafetensors, writeSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import { bytes, little } from "../assemble.ts";

/** A file around a header, given as text or as what JSON makes of it. */
function file(header: unknown, body: Uint8Array = new Uint8Array(8)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  return bytes(little(text.length, 8), text, body);
}
const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype: unknown = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

function refuses(file: Uint8Array, reason: RegExp) {
  expect(() => readSafetensors(file)).toThrow(UserError);
  expect(() => readSafetensors(file)).toThrow(reason);
}

describe("safetensors", () => {
  it("reads tensors in the header's order, wherever their bytes are", () => {
    const { tensors, metadata } = readSafetensors(
      file({ __metadata__: { cell: "4" }, b: entry(4, 8), a: entry(0, 4) }),
    );
    expect(tensors.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(metadata).toEqual({ cell: "4" });
  });
  it("accepts __proto__ as an ordinary name", () => {
    const { tensors } = readSafetensors(file('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'));
    expect(tensors).toMatchObject([{ name: "__proto__", shape: [2] }]);
  });
  it("reads a file without tensors and spaces around its header", () => {
    expect(readSafetensors(file("{}      ", bytes())).tensors).toEqual([]);
  });
  it("refuses every truncation", () => {
    const whole = writeSafetensors([{ name: "w", dtype: "float32", shape: [4], data: new Uint8Array(16) }]);
    for (let length = 0; length < whole.length; length++) refuses(whole.subarray(0, length), /damaged|cut off/);
  });

  it.each([
    ["a header of 2^63 bytes", bytes(little(2n ** 63n, 8), "{}"), /header claims 9223372036854776000 bytes/],
    ["a header longer than the file", bytes(little(100, 8), "{}"), /cut off in its header/],
    ["bytes that are not UTF-8", bytes(little(4, 8), "{", 0xff, 0xfe, "}"), /not UTF-8/],
    ["a header that is not JSON", file('{"a":}'), /not JSON/],
    ["a header that is a list", file("[1]"), /not a JSON object/],
    ["a header that is null", file("null"), /not a JSON object/],
    ["nesting", file(`{"a":${"[".repeat(1_000_000)}`), /nested too deeply/],
    ["a name twice", file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\\u0061":{}}'), /a name twice/],
    ["a broken name", file('{"\\ud8":1}'), /not JSON/],
    ["a name that moves the cursor", file({ "\u001b[2J": entry(0, 8) }), /has a tensor whose name is not plain text/],
    ["an unknown type", file({ a: entry(0, 8, [8], "F8_E4M3") }), /a has the type F8_E4M3, which is not supported/],
    ["a type that every object has", file({ a: entry(0, 8, [8], "constructor") }), /has the type constructor/],
    ["a type that is an object", file({ a: entry(0, 8, [8], { toString: 1 }) }), /a has no type/],
    ["no description", file({ a: 1 }), /a is not described/],
    ["a negative size", file({ a: entry(0, 8, [-2]) }), /shape of a/],
    ["a broken size", file({ a: entry(0, 8, [1.5]) }), /shape of a/],
    ["a shape whose product overflows", file({ a: entry(0, 8, [2 ** 40, 2 ** 40]) }), /does not take the 8 bytes/],
    ["nine dimensions", file({ a: entry(0, 4, new Array(9).fill(1)) }), /at most 8 sizes/],
    ["a shape of other bytes", file({ a: entry(0, 8, [3]) }), /of shape \[3\] does not take the 8 bytes/],
    ["offsets the wrong way round", file({ a: entry(8, 0, [0]) }), /does not take the -8 bytes/],
    [
      "offsets that are texts",
      file({ a: { dtype: "F32", shape: [2], data_offsets: ["0", "8"] } }),
      /where its bytes are/,
    ],
    ["overlap", file({ a: entry(0, 8), b: entry(4, 8) }), /overlap or leave holes/],
    ["a hole", file({ a: entry(4, 8) }), /overlap or leave holes/],
    ["bytes of no tensor", file({ a: entry(0, 4) }), /4 bytes after its tensors belong to no tensor/],
    ["tensors beyond the file", file({ a: entry(0, 16) }), /need 16 bytes, but it has only 8/],
    ["metadata that is no text", file({ __metadata__: { a: 1 }, w: entry(0, 8) }), /metadata/],
  ])("refuses %s", (_, damaged, reason) => refuses(damaged, reason));
});
