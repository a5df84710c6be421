// Reads and writes safetensors: eight bytes with the length of a JSON header, the header, then the
// tensors' bytes without gaps. Source: https://huggingface.co/docs/safetensors, "Format".

import { UserError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { bytesPerElement, elementCount, isCount, isTensorName, type DType, type NamedTensor } from "./tensors.ts";

export interface Safetensors {
  tensors: NamedTensor[];
  metadata: Record<string, string>;
}

/** The format allows 100 MB; 20,000 tensors with long names take 4 MB. */
const maximumHeaderBytes = 4 * 1024 * 1024;
const maximumTensors = 20_000;
const maximumDimensions = 8;

const dtypes: Record<string, DType> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F64: "float64",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

const damaged = (what: string) => new UserError(`The safetensors file is damaged: ${what}.`);

/**
 * Reads a file's bytes. The tensors are views of them, in the header's order. Throws a UserError at
 * any flaw.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) throw damaged("it is shorter than its first field");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > maximumHeaderBytes) throw damaged(`its header claims ${headerLength} bytes`);
  if (8 + headerLength > bytes.length) throw damaged("it is cut off in its header");
  const entries = parseHeader(bytes.subarray(8, 8 + headerLength));
  const body = bytes.subarray(8 + headerLength);

  let metadata: Record<string, string> = {};
  const tensors: NamedTensor[] = [];
  const ranges: [begin: number, end: number][] = [];
  for (const [name, entry] of entries) {
    if (name === "__metadata__") {
      metadata = readMetadata(entry);
      continue;
    }
    const { dtype, shape, begin, end } = readEntry(name, entry);
    tensors.push({ name, dtype, shape, data: body.subarray(begin, end) });
    ranges.push([begin, end]);
  }
  if (tensors.length > maximumTensors) throw damaged(`it names more than ${maximumTensors} tensors`);

  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let filled = 0;
  for (const [begin, end] of ranges) {
    if (begin !== filled) throw damaged("its tensors overlap or leave holes");
    filled = end;
  }
  if (filled > body.length) {
    throw new UserError(
      `The safetensors file is cut off: its tensors need ${filled} bytes, but it has only ${body.length}. ` +
        "Download or copy it again.",
    );
  }
  if (filled < body.length) throw damaged(`${body.length - filled} bytes after its tensors belong to no tensor`);
  return { tensors, metadata };
}

/**
 * The header's members in order. JSON.parse accepts duplicate names, so the names are collected
 * here.
 */
function parseHeader(bytes: Uint8Array): [name: string, entry: unknown][] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged("its header is not UTF-8");
  }
  const names = topLevelNames(text);
  if (new Set(names).size !== names.length) throw damaged("its header gives a name twice");
  const header = parseJson(text);
  if (!isRecord(header)) throw damaged("its header is not a JSON object");
  return names.map((name) => [name, header[name]]);
}

/**
 * The names of an object's own members, in order. Rejects nesting that no header has before
 * JSON.parse sees it.
 */
function topLevelNames(text: string): string[] {
  const names: string[] = [];
  const colon = /\s*:/y;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "{" || letter === "[") depth++;
    else if (letter === "}" || letter === "]") depth--;
    else if (letter === '"') {
      const start = at;
      at = closingQuote(text, start);
      colon.lastIndex = at + 1;
      if (depth === 1 && colon.test(text)) names.push(parseJson(text.slice(start, at + 1)) as string);
    }
    if (depth > 3) throw damaged("its header is nested too deeply");
    if (names.length > maximumTensors + 1) throw damaged(`it names more than ${maximumTensors} tensors`);
  }
  return names;
}

/** The index of the quote that closes the string opened at `start`. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  throw damaged("its header is not JSON");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged("its header is not JSON");
  }
}

function readMetadata(entry: unknown): Record<string, string> {
  if (!isRecord(entry) || !Object.values(entry).every((value) => typeof value === "string")) {
    throw damaged("its metadata is not a list of texts");
  }
  return entry as Record<string, string>;
}

function readEntry(name: string, entry: unknown) {
  if (!isTensorName(name)) throw damaged("it has a tensor whose name is not plain text");
  const called = printable(name);
  if (!isRecord(entry)) throw damaged(`${called} is not described`);
  const { dtype: code, shape, data_offsets: offsets } = entry;
  const dtype = typeof code === "string" && Object.hasOwn(dtypes, code) ? dtypes[code] : undefined;
  if (!dtype) {
    const type = typeof code === "string" ? `the type ${printable(code)}` : "no type";
    throw new UserError(`The tensor ${called} has ${type}, which is not supported.`);
  }
  if (!Array.isArray(shape) || shape.length > maximumDimensions || !shape.every(isCount)) {
    throw damaged(`the shape of ${called} is not a list of at most ${maximumDimensions} sizes`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw damaged(`${called} does not say where its bytes are`);
  }
  const [begin, end] = offsets;
  if (end - begin !== elementCount(shape) * bytesPerElement[dtype]) {
    throw damaged(`${called} of shape [${shape.join(", ")}] does not take the ${end - begin} bytes that it claims`);
  }
  return { dtype, shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The bytes of a safetensors file. The header keeps the tensors' order. Their bytes are stored from
 * the widest element type to the narrowest, so each tensor is aligned to its element size.
 */
export function writeSafetensors(tensors: readonly NamedTensor[], metadata: Record<string, string> = {}): Uint8Array {
  const offsets = new Map<NamedTensor, number>();
  let length = 0;
  const width = ({ dtype }: NamedTensor) => bytesPerElement[dtype];
  for (const tensor of [...tensors].sort((a, b) => width(b) - width(a))) {
    offsets.set(tensor, length);
    length += tensor.data.length;
  }

  const members = tensors.map((tensor) => {
    const dtype = Object.keys(dtypes).find((code) => dtypes[code] === tensor.dtype);
    const begin = offsets.get(tensor)!;
    const entry = { dtype, shape: tensor.shape, data_offsets: [begin, begin + tensor.data.length] };
    return `${JSON.stringify(tensor.name)}:${JSON.stringify(entry)}`;
  });
  if (Object.keys(metadata).length > 0) members.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const header = new TextEncoder().encode(`{${members.join(",")}}`);
  const headerLength = Math.ceil(header.length / 8) * 8;

  const bytes = new Uint8Array(8 + headerLength + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + headerLength);
  for (const [tensor, offset] of offsets) bytes.set(tensor.data, 8 + headerLength + offset);
  return bytes;
}
