// Reads ONNX files back with field numbers copied from onnx.proto, without any code of src/formats,
// as an independent check of the writer.

export interface Field {
  wire: number;
  number: bigint;
  bytes: Uint8Array;
}

/** A message's fields by their numbers, each in order. */
export function fieldsOf(message: Uint8Array): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= message.length) throw new Error("The message is cut off.");
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    if (at + length > message.length) throw new Error("The message is cut off.");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    const field: Field = { wire, number: 0n, bytes: new Uint8Array() };
    if (wire === 0) field.number = varint();
    else if (wire === 2) field.bytes = take(Number(varint()));
    else if (wire === 5) field.bytes = take(4);
    else throw new Error(`Nothing is written with wire type ${wire}.`);
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), field]);
  }
  return fields;
}

export interface DecodedNode {
  name: string;
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, number | number[] | string>;
}

export interface DecodedTensor {
  name: string;
  dataType: number;
  shape: number[];
  data: Uint8Array;
}

export interface DecodedValue {
  name: string;
  dataType: number;
  shape: (number | string)[];
}

/** A ModelProto. Fails at any field that it does not know. */
export function decodeModel(bytes: Uint8Array) {
  const model = reader(bytes, [1, 2, 6, 7, 8, 14]);
  const graph = reader(model.one(7).bytes, [1, 2, 5, 11, 12]);
  return {
    irVersion: Number(model.one(1).number),
    producer: text(model.one(2)),
    description: text(model.one(6)),
    operatorSets: model.all(8).map(({ bytes }) => Number(reader(bytes, [2]).one(2).number)),
    metadata: Object.fromEntries(
      model.all(14).map(({ bytes }) => {
        const entry = reader(bytes, [1, 2]);
        return [text(entry.one(1)), text(entry.one(2))];
      }),
    ),
    name: text(graph.one(2)),
    nodes: graph.all(1).map(decodeNode),
    tensors: graph.all(5).map(decodeTensor),
    inputs: graph.all(11).map(decodeValue),
    outputs: graph.all(12).map(decodeValue),
  };
}

function decodeNode({ bytes }: Field): DecodedNode {
  const node = reader(bytes, [1, 2, 3, 4, 5]);
  return {
    name: text(node.one(3)),
    operator: text(node.one(4)),
    inputs: node.all(1).map(text),
    outputs: node.all(2).map(text),
    attributes: Object.fromEntries(node.all(5).map(decodeAttribute)),
  };
}

function decodeAttribute({ bytes }: Field): [string, number | number[] | string] {
  const attribute = reader(bytes, [1, 2, 3, 4, 8, 20]);
  const value = () => {
    switch (Number(attribute.one(20).number)) {
      case 1: {
        const { buffer, byteOffset } = attribute.one(2).bytes;
        return new DataView(buffer, byteOffset).getFloat32(0, true);
      }
      case 2:
        return Number(attribute.one(3).number);
      case 3:
        return text(attribute.one(4));
      case 7:
        return attribute.all(8).map(({ number }) => Number(number));
    }
    throw new Error("An attribute of another kind.");
  };
  return [text(attribute.one(1)), value()];
}

function decodeTensor({ bytes }: Field): DecodedTensor {
  const tensor = reader(bytes, [1, 2, 8, 9]);
  return {
    name: text(tensor.one(8)),
    dataType: Number(tensor.one(2).number),
    shape: tensor.all(1).map(({ number }) => Number(number)),
    data: tensor.one(9).bytes,
  };
}

function decodeValue({ bytes }: Field): DecodedValue {
  const value = reader(bytes, [1, 2]);
  const type = reader(reader(value.one(2).bytes, [1]).one(1).bytes, [1, 2]);
  const shape = reader(type.one(2).bytes, [1]).all(1);
  return {
    name: text(value.one(1)),
    dataType: Number(type.one(1).number),
    shape: shape.map(({ bytes }) => {
      const side = reader(bytes, [1, 2]);
      return side.all(2).length > 0 ? text(side.one(2)) : Number(side.one(1).number);
    }),
  };
}

function reader(bytes: Uint8Array, known: number[]) {
  const fields = fieldsOf(bytes);
  const strange = [...fields.keys()].find((field) => !known.includes(field));
  if (strange !== undefined) throw new Error(`Field ${strange} is not known here.`);
  const all = (field: number) => fields.get(field) ?? [];
  const one = (field: number) => {
    if (all(field).length !== 1) throw new Error(`Field ${field} is there ${all(field).length} times, not once.`);
    return all(field)[0];
  };
  return { all, one };
}

function text({ bytes }: Field): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
