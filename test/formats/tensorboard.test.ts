import { describe, expect, test } from "vitest";
import { crc32c, scalarsRecord, startRecord, versionRecord } from "../../src/formats/tensorboard.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

describe("CRC-32C", () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
  test.each([
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
    [ascii("123456789"), 0xe3069283],
    [new Uint8Array(), 0],
  ])("of known data", (data, crc) => expect(crc32c(data)).toBe(crc));
});

type Fields = Record<number, (number | Uint8Array)[]>;

/** A message's fields by number, by the rules of the wire format alone. */
function decode(message: Uint8Array): Fields {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const fields: Fields = {};
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    let value: number | Uint8Array;
    if ((key & 7) === 0) value = varint();
    else if ((key & 7) === 1) [value, at] = [view.getFloat64(at, true), at + 8];
    else if ((key & 7) === 5) [value, at] = [view.getFloat32(at, true), at + 4];
    else {
      const length = varint();
      value = message.subarray(at, (at += length));
    }
    (fields[key >> 3] ??= []).push(value);
  }
  return fields;
}

/** The event in a record whose lengths and checksums are right. */
function eventOf(record: Uint8Array): Fields {
  const view = new DataView(record.buffer);
  const length = Number(view.getBigUint64(0, true));
  expect(record.length).toBe(length + 16);
  const masked = (data: Uint8Array) => {
    const crc = BigInt(crc32c(data));
    return Number((((crc >> 15n) | (crc << 17n)) & 0xffffffffn) + 0xa282ead8n) % 2 ** 32;
  };
  expect(view.getUint32(8, true)).toBe(masked(record.subarray(0, 8)));
  expect(view.getUint32(12 + length, true)).toBe(masked(record.subarray(12, 12 + length)));
  return decode(record.subarray(12, 12 + length));
}

describe("the records", () => {
  test("a file begins as all event files do", () => {
    // Length 24 and its checksum, as they stand at the head of every file that TensorFlow writes.
    const record = versionRecord(1700000000.5);
    expect([...record.subarray(0, 12)]).toEqual([0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
    expect(eventOf(record)).toEqual({ 1: [1700000000.5], 3: [ascii("brain.Event:2")] });
  });

  test("a start names the step from which earlier files no longer count", () => {
    const { 1: time, 2: step, 7: sessionLog } = eventOf(startRecord(12.25, 300_001));
    expect([time, step]).toEqual([[12.25], [300_001]]);
    expect(decode(sessionLog[0] as Uint8Array)).toEqual({ 1: [1] });
  });

  test("scalars keep their tags, their order and the value as float32", () => {
    const scalars = { "loss/D_A": 0.1, "loss/G_A": NaN, lr: 2e-4, größe: -Infinity };
    const { 1: time, 2: step, 5: summary } = eventOf(scalarsRecord(1e9 + 0.125, 2 ** 40, scalars));
    expect([time, step]).toEqual([[1e9 + 0.125], [2 ** 40]]);
    const values = decode(summary[0] as Uint8Array)[1].map((value) => decode(value as Uint8Array));
    expect(values.map(({ 1: tag, 2: value }) => [new TextDecoder().decode(tag[0] as Uint8Array), value[0]])).toEqual(
      Object.entries(scalars).map(([tag, value]) => [tag, Math.fround(value)]),
    );
  });
});
