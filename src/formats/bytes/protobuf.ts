// Writes Protocol Buffers, as far as ONNX and TensorBoard need them. A message is a sequence of
// fields, each a key (the field's number and wire type) followed by the value. A nested message is
// bytes preceded by their length, so lengths must be known before writing. Messages are therefore
// lists of pieces, and large tensors are copied only once, at the end. Source:
// https://protobuf.dev/programming-guides/encoding.

/** A message, or some of its fields, as pieces of bytes. */
export type Message = readonly Uint8Array[];

/** The wire type of a value: the lowest three bits of its key. */
const varintWire = 0;
const fixed64Wire = 1;
const lengthWire = 2;
const fixed32Wire = 5;

/** An int32, int64, enum or bool field. Only whole numbers from 0 to 2^53 - 1. */
export function integerField(field: number, value: number): Message {
  return [Uint8Array.from([...key(field, varintWire), ...varint(value)])];
}

/** A float field, rounded to float32. */
export function floatField(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [Uint8Array.from([...key(field, fixed32Wire), ...bytes])];
}

export function doubleField(field: number, value: number): Message {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [Uint8Array.from([...key(field, fixed64Wire), ...bytes])];
}

export function stringField(field: number, value: string): Message {
  return bytesField(field, new TextEncoder().encode(value));
}

export function bytesField(field: number, value: Uint8Array): Message {
  return messageField(field, [value]);
}

/** A message as a field of another. For a repeated field, call it once per element. */
export function messageField(field: number, message: Message): Message {
  return [Uint8Array.from([...key(field, lengthWire), ...varint(byteLength(message))]), ...message];
}

/** The bytes of a complete message. */
export function encode(message: Message): Uint8Array {
  const bytes = new Uint8Array(byteLength(message));
  let at = 0;
  for (const piece of message) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function byteLength(message: Message): number {
  return message.reduce((sum, piece) => sum + piece.length, 0);
}

function key(field: number, wire: number): number[] {
  return varint(field * 8 + wire);
}

/** Seven bits a byte, the lowest first; the eighth bit says that more bytes follow. */
function varint(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${value} is not a whole number from 0 to 2^53 - 1.`);
  const bytes: number[] = [];
  // No shifts, since they are limited to 32 bits.
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}
