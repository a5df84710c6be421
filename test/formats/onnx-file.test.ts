// The wire format, checked with the examples of its documentation, and whole models, read back by
// an independent reader.

import { describe, expect, it } from "vitest";
import {
  bytesField,
  encode,
  floatField,
  integerField,
  messageField,
  stringField,
} from "../../src/formats/bytes/protobuf.ts";
import { writeOnnx, type OnnxModel } from "../../src/formats/onnx-file.ts";
import { bytesPerElement, elementCount, type DType, type NamedTensor } from "../../src/formats/tensors/tensors.ts";
import { decodeModel, fieldsOf } from "./onnx-decode.ts";
import { random } from "./random.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("protocol buffers", () => {
  it("are written as in the documentation's examples", () => {
    expect(hex(encode(integerField(1, 150)))).toBe("089601");
    expect(hex(encode(stringField(2, "testing")))).toBe("120774657374696e67");
    expect(hex(encode(messageField(3, integerField(1, 150))))).toBe("1a03089601");
    expect(hex(encode([...stringField(4, "hello"), ...[1, 2, 3].flatMap((n) => integerField(6, n))]))).toBe(
      "220568656c6c6f300130023003",
    );
    expect(hex(encode(floatField(5, 1)))).toBe("2d0000803f");
    expect(hex(encode(integerField(20, 0)))).toBe("a00100");
  });

  it.each([0, 1, 127, 128, 16383, 16384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1])(
    "%d is read back",
    (value) => {
      expect(fieldsOf(encode(integerField(7, value))).get(7)).toMatchObject([{ wire: 0, number: BigInt(value) }]);
    },
  );

  it.each([-1, 0.5, 2 ** 53, NaN, Infinity])("%d, which is not a valid integer, is refused", (value) => {
    expect(() => integerField(1, value)).toThrow(RangeError);
  });

  it("nest deep, with lengths of one, two and three bytes", () => {
    for (const length of [0, 127, 128, 16383, 16384]) {
      const data = new Uint8Array(length).fill(7);
      const message = encode(messageField(1, messageField(2, [...bytesField(3, data), ...stringField(4, "ü")])));
      const inner = fieldsOf(fieldsOf(fieldsOf(message).get(1)![0].bytes).get(2)![0].bytes);
      expect(inner.get(3)![0].bytes).toEqual(data);
      expect(inner.get(4)![0].bytes).toEqual(Uint8Array.of(0xc3, 0xbc));
    }
  });
});

describe("models", () => {
  it.each([1, 2, 3, 4, 5])("are read back unchanged, whatever they contain (%d)", (seed) => {
    const model = someModel(seed);
    const decoded = decodeModel(writeOnnx(model));
    expect(decoded).toMatchObject({ irVersion: 8, producer: "pixelcycle", operatorSets: [17] });
    expect(decoded).toMatchObject({ name: model.name, description: model.description, metadata: model.metadata });
    expect(decoded.inputs).toEqual(model.inputs.map((value) => ({ ...value, dataType: 1 })));
    expect(decoded.outputs).toEqual(model.outputs.map((value) => ({ ...value, dataType: 1 })));
    expect(decoded.nodes).toEqual(
      model.nodes.map(({ output, attributes, ...node }) => ({
        ...node,
        outputs: [output],
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [key, Object.values(value)[0]]),
        ),
      })),
    );
    expect(decoded.tensors).toEqual(
      model.tensors.map(({ dtype, ...tensor }) => ({ ...tensor, dataType: dataTypes[dtype] })),
    );
  });

  it("are the same bytes each time", () => {
    expect(writeOnnx(someModel(9))).toEqual(writeOnnx(someModel(9)));
  });
});

/** TensorProto.DataType of onnx.proto. */
const dataTypes: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
};

function someModel(seed: number): OnnxModel {
  const uniform = random(seed);
  const below = (count: number) => Math.floor(uniform() * count);
  const texts = ["", "a", "Größe", "x".repeat(300), "model.1.weight", "\u{1f3a8}"];
  const text = () => texts[below(texts.length)];
  const many = <T>(make: (i: number) => T) => Array.from({ length: below(6) }, (_, i) => make(i));
  const value = () => ({ name: text(), shape: many(() => (below(2) === 0 ? below(1000) : `side ${below(9)}`)) });
  const attribute = () =>
    [
      { float: Math.fround(below(1000) / 7 - 50) },
      { integer: below(2 ** 31) },
      { integers: many(() => below(300)) },
      { text: text() },
    ][below(4)];
  const tensor = (): NamedTensor => {
    const dtype = Object.keys(dataTypes)[below(10)] as DType;
    const shape = many(() => below(5));
    const data = Uint8Array.from({ length: elementCount(shape) * bytesPerElement[dtype] }, () => below(256));
    return { name: text(), dtype, shape, data };
  };
  return {
    name: text(),
    description: text(),
    metadata: Object.fromEntries(many((i) => [`key ${i}`, text()])),
    inputs: many(value),
    outputs: many(value),
    nodes: many((i) => ({
      name: `node ${i}`,
      operator: text(),
      inputs: many(text),
      output: text(),
      attributes: Object.fromEntries(many((j) => [`attribute ${j}`, attribute()])),
    })),
    tensors: many(tensor),
  };
}
