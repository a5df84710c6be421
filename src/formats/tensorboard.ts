// Writes the records of a TensorBoard event file, which is their concatenation. A record is an
// Event, encoded as a protocol buffer, framed by lengths and checksums. Source:
// tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto,
// tensorflow/core/lib/io/record_writer.h; CRC-32C as in RFC 3720, appendix B.4.

import {
  doubleField,
  encode,
  floatField,
  integerField,
  messageField,
  stringField,
  type Message,
} from "./bytes/protobuf.ts";

/**
 * The first record of a file.
 * @param wallTime seconds since 1970, as in all records
 */
export function versionRecord(wallTime: number): Uint8Array {
  return record([...doubleField(1, wallTime), ...stringField(3, "brain.Event:2")]);
}

/**
 * Marks the start or restart of a run: TensorBoard then ignores earlier values for `step` and later
 * steps.
 */
export function startRecord(wallTime: number, step: number): Uint8Array {
  const start = integerField(1, 1);
  return record([...doubleField(1, wallTime), ...integerField(2, step), ...messageField(7, start)]);
}

/** The values of a step by tag. TensorBoard shows a tag such as `loss/D_A` in the group `loss`. */
export function scalarsRecord(wallTime: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) => [...stringField(1, tag), ...floatField(2, value)]);
  const summary = values.flatMap((value) => messageField(1, value));
  return record([...doubleField(1, wallTime), ...integerField(2, step), ...messageField(5, summary)]);
}

/** A framed event: its length, the length's checksum, the event, its checksum; little-endian. */
function record(event: Message): Uint8Array {
  const data = encode(event);
  const framed = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(framed.subarray(0, 8)), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return framed;
}

/** Rotated and offset, since a checksum over data that contains checksums is weak. */
function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli). */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 255];
  return ~crc >>> 0;
}
