// Writes an ONNX model: a graph of named values, computed by nodes from other values and from
// tensors stored in the file. It uses operator set 17, which ONNX Runtime has read since 1.12.
// Field numbers are those of onnx/onnx.proto (IR version 8). Source:
// https://github.com/onnx/onnx/blob/main/docs/IR.md and Operators.md.

import {
  bytesField,
  encode,
  floatField,
  integerField,
  messageField,
  stringField,
  type Message,
} from "./bytes/protobuf.ts";
import type { DType, NamedTensor } from "./tensors/tensors.ts";

const irVersion = 8;
const operatorSet = 17;

/** The kinds that our nodes need. Integers are not negative. */
export type OnnxAttribute =
  { float: number } | { integer: number } | { integers: readonly number[] } | { text: string };

export interface OnnxNode {
  readonly name: string;
  /** The operator's name, such as `Conv`. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/**
 * An input or output: float32. Each dimension is a number, or a name if it is not known before the
 * run.
 */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  /** A description for people. */
  readonly description: string;
  /** Key-value metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Each node comes after those that compute its inputs. */
  readonly nodes: readonly OnnxNode[];
  /** The tensors stored in the file. */
  readonly tensors: readonly NamedTensor[];
}

/** TensorProto.DataType. */
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

/** The bytes of a `.onnx` file. The same model always gives the same bytes. */
export function writeOnnx({ name, description, metadata, inputs, outputs, nodes, tensors }: OnnxModel): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => messageField(1, nodeProto(node))),
    ...stringField(2, name),
    ...tensors.flatMap((tensor) => messageField(5, tensorProto(tensor))),
    ...inputs.flatMap((value) => messageField(11, valueInfoProto(value))),
    ...outputs.flatMap((value) => messageField(12, valueInfoProto(value))),
  ];
  return encode([
    ...integerField(1, irVersion),
    ...stringField(2, "pixelcycle"),
    ...stringField(6, description),
    ...messageField(7, graph),
    ...messageField(8, integerField(2, operatorSet)),
    ...Object.entries(metadata).flatMap(([key, value]) =>
      messageField(14, [...stringField(1, key), ...stringField(2, value)]),
    ),
  ]);
}

function nodeProto({ name, operator, inputs, output, attributes }: OnnxNode): Message {
  return [
    ...inputs.flatMap((input) => stringField(1, input)),
    ...stringField(2, output),
    ...stringField(3, name),
    ...stringField(4, operator),
    ...Object.entries(attributes).flatMap(([key, value]) => messageField(5, attributeProto(key, value))),
  ];
}

/** The value, and its kind in field 20. */
function attributeProto(name: string, value: OnnxAttribute): Message {
  const named = stringField(1, name);
  if ("float" in value) return [...named, ...floatField(2, value.float), ...integerField(20, 1)];
  if ("integer" in value) return [...named, ...integerField(3, value.integer), ...integerField(20, 2)];
  if ("text" in value) return [...named, ...stringField(4, value.text), ...integerField(20, 3)];
  return [...named, ...value.integers.flatMap((integer) => integerField(8, integer)), ...integerField(20, 7)];
}

function tensorProto({ name, dtype, shape, data }: NamedTensor): Message {
  return [
    ...shape.flatMap((side) => integerField(1, side)),
    ...integerField(2, dataTypes[dtype]),
    ...stringField(8, name),
    ...bytesField(9, data),
  ];
}

function valueInfoProto({ name, shape }: OnnxValue): Message {
  const sides = shape.flatMap((side) =>
    messageField(1, typeof side === "number" ? integerField(1, side) : stringField(2, side)),
  );
  const tensor = [...integerField(1, dataTypes.float32), ...messageField(2, sides)];
  return [...stringField(1, name), ...messageField(2, messageField(1, tensor))];
}
