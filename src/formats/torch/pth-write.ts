// Writes a state dict as torch.save has since PyTorch 1.6, so that torch.load(weights_only=True)
// reads it: an OrderedDict of plain tensors with one storage each. The same tensors give the same
// bytes.

import { writeZip } from "../bytes/zip.ts";
import { bytesPerElement, elementCount, type NamedTensor } from "../tensors/tensors.ts";
import { storageClass } from "./objects.ts";

/** The bytes of a `.pth` file with the tensors in this order. */
export function writePth(tensors: readonly NamedTensor[]): Uint8Array {
  const text = (value: string) => new TextEncoder().encode(value);
  return writeZip([
    { name: "archive/data.pkl", data: pickleStateDict(tensors) },
    { name: "archive/byteorder", data: text("little") },
    ...tensors.map(({ data }, key) => ({ name: `archive/data/${key}`, data })),
    { name: "archive/version", data: text("3\n") },
  ]);
}

/**
 * The pickle, in protocol 2. The letters are opcodes as listed in Lib/pickletools.py of CPython.
 */
function pickleStateDict(tensors: readonly NamedTensor[]): Uint8Array {
  const out: number[] = [0x80, 2];
  const write = (letters: string) => {
    for (const letter of letters) out.push(letter.charCodeAt(0));
  };
  const uint32 = (value: number) => out.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  const global = (module: string, name: string) => write(`c${module}\n${name}\n`);
  const unicode = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    write("X");
    uint32(bytes.length);
    for (const byte of bytes) out.push(byte);
  };
  const integer = (value: number) => {
    if (value < 2 ** 31) {
      write("J");
      uint32(value);
    } else {
      out.push(0x8a, 8); // LONG1 of eight bytes
      uint32(value % 2 ** 32);
      uint32(Math.floor(value / 2 ** 32));
    }
  };
  const tuple = (values: readonly number[]) => {
    write("(");
    values.forEach(integer);
    write("t");
  };
  const emptyOrderedDict = () => {
    global("collections", "OrderedDict");
    write(")R");
  };

  emptyOrderedDict();
  write("(");
  tensors.forEach(({ name, dtype, shape, data }, key) => {
    unicode(name);
    global("torch._utils", "_rebuild_tensor_v2");
    write("((");
    unicode("storage");
    global("torch", storageClass(dtype).slice("torch.".length));
    unicode(String(key));
    unicode("cpu");
    integer(data.length / bytesPerElement[dtype]);
    write("tQ"); // the storage, by its persistent id
    integer(0);
    tuple(shape);
    tuple(shape.map((_, dimension) => elementCount(shape.slice(dimension + 1))));
    out.push(0x89); // requires_grad: False
    emptyOrderedDict(); // hooks: none
    write("tR");
  });
  write("u.");
  return Uint8Array.from(out);
}
