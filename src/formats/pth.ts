// What torch.save writes, in both of its forms. Since PyTorch 1.6 it is a zip: `data.pkl` holds the pickled object, and
// each storage (a flat array that tensors look into) is a member `data/<key>`. Before, it was five things in a row:
// three small pickles (a magic number, a version, the machine's type sizes), the object, the list of storage keys, and
// then each storage as its length and its bytes. In both, a tensor is a call of `_rebuild_tensor_v2(storage, offset,
// size, stride, ...)`, and a storage a persistent id ('storage', type, key, location, length[, view]).
// Source: torch/serialization.py and torch/_utils.py.
//
// Reading has two phases. First everything is checked: the pickle, the storages, that no tensor leaves its storage.
// Only then are bytes copied, and only of tensors whose elements do not lie in order.

import { UserError } from "../errors.ts";
import {
  OpaqueValue,
  PickleDict,
  PickleFunction,
  PickleList,
  PickleObject,
  PickleTuple,
  readPickle,
  type PickleHost,
  type PickleValue,
} from "./pickle.ts";
import { isName, printable } from "./printable.ts";
import { bytesPerElement, elementCount, type DType, type NamedTensor } from "./tensors.ts";
import { readZip } from "./zip.ts";

const maximumTensors = 20_000;
const maximumDimensions = 8;
/**
 * Tensors out of order are copied; together they may take this, each element counted as four bytes at least, for small
 * ones take as long. A U-Net of 54 million float32 weights just fits.
 */
const maximumCopiedBytes = 208 * 1024 * 1024;
/** Tensors that share a storage may together take this much more than the file. */
const maximumSharedBytes = 32 * 1024 * 1024;

/** The dtype of each storage class. An untyped storage is bytes. */
const storageTypes: Record<string, DType> = {
  "torch.FloatStorage": "float32",
  "torch.HalfStorage": "float16",
  "torch.BFloat16Storage": "bfloat16",
  "torch.DoubleStorage": "float64",
  "torch.LongStorage": "int64",
  "torch.IntStorage": "int32",
  "torch.ShortStorage": "int16",
  "torch.CharStorage": "int8",
  "torch.ByteStorage": "uint8",
  "torch.BoolStorage": "bool",
  "torch.UntypedStorage": "uint8",
  "torch.storage.UntypedStorage": "uint8",
};

/** The storage class of each dtype, as a pickle names it. */
export function storageClass(dtype: DType): string {
  return Object.keys(storageTypes).find((name) => storageTypes[name] === dtype)!;
}

class StorageType extends PickleObject {
  constructor(readonly dtype: DType) {
    super();
  }
}

interface Storage {
  key: string;
  dtype: DType;
  /** In elements. */
  length: number;
}

/** A storage, or the part of one that an old file calls a view, in elements. */
class StorageView extends PickleObject {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly length: number,
  ) {
    super();
  }
}

/** A tensor as the pickle describes it, checked to lie within its storage. Offset and strides are in elements. */
class TensorView extends PickleObject {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {
    super();
  }
}

/** Reads the zip form. Tensors whose elements lie in order are views of `bytes`. */
export function readPthZip(bytes: Uint8Array, key?: string): NamedTensor[] {
  const members = new Map(readZip(bytes).map(({ name, data }) => [name, data]));
  const pickles = [...members.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw new UserError("The zip file holds no single data.pkl, so it is not what torch.save writes.");
  }
  const root = pickles[0].slice(0, -"data.pkl".length);
  const record = members.get(`${root}byteorder`)?.subarray(0, 16);
  const byteOrder = record ? new TextDecoder().decode(record) : "little";
  if (byteOrder !== "little" && byteOrder !== "big") {
    throw new UserError(`The file's byte order is ${printable(byteOrder)}; only little and big are known.`);
  }

  const host = new TorchHost();
  const named = findStateDict(readPickle(members.get(pickles[0])!, 0, host).value, key);
  const data = new Map<Storage, Uint8Array>();
  for (const storage of host.storages.values()) {
    const size = storage.length * bytesPerElement[storage.dtype];
    const member = members.get(`${root}data/${storage.key}`);
    if (member?.length !== size) {
      const found = member ? `${member.length} bytes` : "missing";
      throw new UserError(
        `The file is damaged: storage ${printable(storage.key)} should hold ${size} bytes and is ${found}.`,
      );
    }
    data.set(storage, member);
  }
  return copyTensors(named, data, bytes.length, byteOrder === "big");
}

const legacyMagic = 0x1950a86a20f9469cfc6cn;
/** Steps that the pickles around the object may take: they hold a number or a small dict. */
const smallPickle = 1000;

/** Reads the form before PyTorch 1.6, whose storages are always little-endian. */
export function readPthLegacy(bytes: Uint8Array, stateKey?: string): NamedTensor[] {
  const host = new TorchHost();
  let at = 0;
  const next = (maximumSteps?: number) => {
    const { value, end } = readPickle(bytes, at, host, maximumSteps);
    at = end;
    return value;
  };
  if (next(smallPickle) !== legacyMagic)
    throw new UserError("The file is a Python pickle, but not one that torch.save wrote.");
  const version = next(smallPickle);
  if (version !== 1001) throw new UserError("The file is of a version of torch.save that is not known.");
  next(smallPickle); // the writer's type sizes, which nothing depends on
  const named = findStateDict(next(), stateKey);
  const keys = next(5 * maximumTensors);
  if (!(keys instanceof PickleList)) throw new UserError("The file is damaged: its list of storages is missing.");

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Map<Storage, Uint8Array>();
  keys.items.forEach((key, i) => {
    const storage = typeof key === "string" ? host.storages.get(key) : undefined;
    if (!storage || data.has(storage)) throw new UserError("The file is damaged: its list of storages is wrong.");
    const size = storage.length * bytesPerElement[storage.dtype];
    if (at + 8 + size > bytes.length) {
      throw new UserError(
        `The file is cut off: storage ${i + 1} of ${keys.items.length} needs ${size} bytes, and ` +
          `${Math.max(0, bytes.length - at - 8)} are left. Download or copy it again.`,
      );
    }
    if (view.getBigInt64(at, true) !== BigInt(storage.length)) {
      throw new UserError(`The file is damaged: storage ${printable(storage.key)} has two lengths.`);
    }
    data.set(storage, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  });
  if (data.size !== host.storages.size) throw new UserError("The file is damaged: a storage is missing.");
  return copyTensors(named, data, bytes.length, false);
}

/** Everything of torch and Python that a state dict may name. */
class TorchHost implements PickleHost {
  readonly storages = new Map<string, Storage>();
  private tensorCount = 0;
  private readonly globals = new Map<string, PickleValue>([
    ["collections.OrderedDict", new PickleFunction("OrderedDict", orderedDict)],
    ["torch._utils._rebuild_tensor", new PickleFunction("_rebuild_tensor", (args) => this.rebuildTensor(args))],
    ["torch._utils._rebuild_tensor_v2", new PickleFunction("_rebuild_tensor_v2", (args) => this.rebuildTensor(args))],
    ["torch._utils._rebuild_parameter", new PickleFunction("_rebuild_parameter", rebuildParameter)],
    ...Object.entries(storageTypes).map(([name, dtype]): [string, PickleValue] => [name, new StorageType(dtype)]),
  ]);

  global(name: string): PickleValue | undefined {
    if (name === "torch._utils._rebuild_tensor_v3") {
      throw new UserError("The file holds tensors of a type that is not read (such as float8 or uint16).");
    }
    return this.globals.get(name);
  }

  /** ('storage', type, key, location, length), and in the legacy form a sixth: null or (key, offset, length). */
  persistent(id: PickleValue): PickleValue {
    const [kind, type, key, , length, part] = id instanceof PickleTuple ? id.items : [];
    if (type instanceof OpaqueValue) throw type.refusal;
    if (kind !== "storage" || !(type instanceof StorageType) || typeof key !== "string" || !isCount(length)) {
      throw new UserError("The pickle refers to something that is not a tensor's storage; refused.");
    }
    const { dtype } = type;
    const storage = this.storages.get(key) ?? { key, dtype, length };
    if (storage.dtype !== dtype || storage.length !== length) {
      throw new UserError(`The file is damaged: storage ${printable(key)} has two types or lengths.`);
    }
    this.storages.set(key, storage);
    if (part === undefined || part === null) return new StorageView(storage, 0, length);

    const [, offset, partLength] = part instanceof PickleTuple ? part.items : [];
    if (!isCount(offset) || !isCount(partLength) || offset + partLength > length) {
      throw new UserError(`The file is damaged: a view leaves storage ${printable(key)}.`);
    }
    return new StorageView(storage, offset, partLength);
  }

  /** (storage, offset, size, stride, ...): what follows concerns gradients and hooks, and is left alone. */
  private rebuildTensor(args: PickleValue[]): TensorView {
    const [view, offset, size, stride] = args;
    const shape = size instanceof PickleTuple ? size.items : [];
    const strides = stride instanceof PickleTuple ? stride.items : [];
    if (!(view instanceof StorageView) || !(size instanceof PickleTuple) || shape.length !== strides.length) {
      throw new UserError("The pickle describes a tensor without its storage, size and stride; refused.");
    }
    if (++this.tensorCount > maximumTensors) {
      throw new UserError(`The file holds more than ${maximumTensors} tensors, far more than any network here.`);
    }
    if (shape.length > maximumDimensions || !isCount(offset) || !shape.every(isCount) || !strides.every(isCount)) {
      throw new UserError(
        `The pickle describes a tensor with a negative or huge size, or of more than ${maximumDimensions} ` +
          "dimensions; refused.",
      );
    }
    const last = shape.reduce((sum, side, i) => sum + (side - 1) * strides[i], offset);
    const empty = shape.includes(0);
    if (empty ? offset > view.length : last >= view.length) {
      throw new UserError(
        `The pickle describes a tensor of shape [${shape.join(", ")}] that reaches beyond its storage of ` +
          `${view.length} elements; refused.`,
      );
    }
    return new TensorView(view.storage, view.offset + offset, shape, strides);
  }
}

/** A size, offset or stride: a whole number, not negative, and small enough that a sum of products stays a number. */
function isCount(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 2 ** 40;
}

/** OrderedDict(), or OrderedDict(pairs) as Python 2 wrote it. */
function orderedDict(args: PickleValue[]): PickleDict {
  const dict = new PickleDict();
  const pairs = args.length === 0 ? [] : args[0] instanceof PickleList ? args[0].items : undefined;
  if (!pairs || args.length > 1) throw new UserError("The pickle makes a dict out of what is not pairs; refused.");
  for (const pair of pairs) {
    const items = pair instanceof PickleTuple || pair instanceof PickleList ? pair.items : [];
    if (items.length !== 2) throw new UserError("The pickle makes a dict out of what is not pairs; refused.");
    dict.keys.push(items[0]);
    dict.values.push(items[1]);
  }
  return dict;
}

/** (tensor, requires_grad, hooks). */
function rebuildParameter([tensor]: PickleValue[]): PickleValue {
  if (!(tensor instanceof TensorView)) throw new UserError("The pickle makes a parameter out of no tensor; refused.");
  return tensor;
}

interface Named {
  name: string;
  tensor: TensorView;
}

const maximumDepth = 8;
/** A dict counts under each of its paths: a few that hold one another have any number of those. */
const maximumDicts = 20_000;

interface Candidate {
  /** The keys that lead to it, with dots between them; empty for the file's object itself. */
  readonly path: string;
  readonly dict: PickleDict;
}

/**
 * The state dict in a file's object: the one that `key` leads to, or the only dict at any depth whose tensors are named as those of a
 * network are; a copy that averages over time (EMA) does not count beside another.
 */
function findStateDict(root: PickleValue, key?: string): Named[] {
  if (root instanceof OpaqueValue) throw root.refusal;
  if (!(root instanceof PickleDict))
    throw new UserError("The file does not hold a state dict: save model.state_dict().");
  const { candidates, opaque } = findCandidates(root);
  const named = candidates.filter(({ dict }) =>
    dict.keys.some((name, i) => isWeight(name) && dict.values[i] instanceof TensorView),
  );
  const networks = named.length > 0 ? named : candidates.slice(0, candidates[0]?.path === "" ? 1 : undefined);
  if (networks.length === 0)
    throw opaque?.refusal ?? new UserError("The file holds no tensors: save model.state_dict().");
  if (key !== undefined) {
    const chosen = networks.find(({ path }) => key === path) ?? networks.find(({ path }) => key.startsWith(`${path}.`));
    // A key may also be the beginning of names within the one state dict.
    if (chosen ?? networks.length === 1) return namedTensors((chosen ?? networks[0]).dict);
    throw new UserError(`The file holds no state dict under --key ${printable(key)}; there is: ${listed(networks)}.`);
  }
  const own = networks.filter(({ path }) => !/(^|[._])ema([._]|$)/i.test(path));
  const [first, second] = own.length > 0 ? own : networks;
  if (second) {
    throw new UserError(
      `The file holds several state dicts (${listed(networks)}). Choose one by --key, as in --key ${printable(first.path)}.`,
    );
  }
  return namedTensors(first.dict);
}

const isWeight = (name: PickleValue) => typeof name === "string" && /\.weight$/.test(name);

const listed = (networks: readonly Candidate[]) =>
  networks
    .slice(0, 8)
    .map(({ path }) => printable(path))
    .join(", ");

/** All dicts that hold a tensor, those nearer to the top first; and the first value that was skipped. */
function findCandidates(root: PickleDict): { candidates: Candidate[]; opaque: OpaqueValue | undefined } {
  const candidates: Candidate[] = [];
  let visited = 0;
  let opaque: OpaqueValue | undefined;
  let level: Candidate[] = [{ path: "", dict: root }];
  for (let depth = 0; depth <= maximumDepth && level.length > 0; depth++) {
    const below: Candidate[] = [];
    for (const { path, dict } of level) {
      if (dict.values.some((value) => value instanceof TensorView)) candidates.push({ path, dict });
      dict.values.forEach((value, i) => {
        if (value instanceof OpaqueValue) opaque ??= value;
        if (!(value instanceof PickleDict) || typeof dict.keys[i] !== "string") return;
        if (++visited > maximumDicts) throw new UserError("The file's dicts hold one another too often; refused.");
        below.push({ path: path === "" ? dict.keys[i] : `${path}.${dict.keys[i]}`, dict: value });
      });
    }
    level = below;
  }
  return { candidates, opaque };
}

function namedTensors(dict: PickleDict): Named[] {
  const names = new Set<string>();
  return dict.keys.map((name, i) => {
    const tensor = dict.values[i];
    if (typeof name !== "string" || !isName(name)) {
      throw new UserError("The state dict names a tensor by no plain text.");
    }
    if (tensor instanceof OpaqueValue) throw tensor.refusal;
    if (!(tensor instanceof TensorView)) {
      throw new UserError(`The state dict's entry ${printable(name)} is not a tensor: save model.state_dict() alone.`);
    }
    if (names.has(name)) throw new UserError(`The state dict holds ${printable(name)} twice; refused.`);
    names.add(name);
    return { name, tensor };
  });
}

/** The tensors' bytes in C order, little-endian: views where the file has them so, copies elsewhere. */
function copyTensors(
  named: Named[],
  data: Map<Storage, Uint8Array>,
  fileSize: number,
  bigEndian: boolean,
): NamedTensor[] {
  let copied = 0;
  let total = 0;
  for (const { tensor } of named) {
    const count = elementCount(tensor.shape);
    const size = bytesPerElement[tensor.storage.dtype];
    total += count * size;
    if (bigEndian || !isContiguous(tensor)) copied += count * Math.max(size, 4);
  }
  if (total > fileSize + maximumSharedBytes) {
    throw new UserError("The file's tensors overlap, and would unfold to far more than the file holds; refused.");
  }
  if (copied > maximumCopiedBytes) {
    throw new UserError(
      "The file's tensors do not lie in order, and to put them in order takes too much memory: save them with " +
        "tensor.contiguous().",
    );
  }
  return named.map(({ name, tensor }) => {
    const { dtype } = tensor.storage;
    const size = bytesPerElement[dtype];
    const storage = data.get(tensor.storage)!;
    const start = tensor.offset * size;
    const length = elementCount(tensor.shape) * size;
    const contiguous = isContiguous(tensor);
    let bytes = contiguous ? storage.subarray(start, start + length) : gather(tensor, storage, length);
    if (bigEndian) bytes = reverseElements(contiguous ? bytes.slice() : bytes, size);
    return { name, dtype, shape: tensor.shape, data: bytes };
  });
}

function isContiguous({ shape, strides }: TensorView): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return shape.includes(0);
    expected *= shape[i];
  }
  return true;
}

/** The elements of a tensor of one dimension or more with any strides, in C order. */
function gather({ storage: { dtype }, offset, shape, strides }: TensorView, storage: Uint8Array, length: number) {
  const size = bytesPerElement[dtype];
  const result = new Uint8Array(length);
  let to = 0;
  const walk = (dimension: number, from: number): void => {
    const step = strides[dimension] * size;
    for (let i = 0; i < shape[dimension]; i++, from += step) {
      if (dimension + 1 < shape.length) walk(dimension + 1, from);
      else for (let byte = 0; byte < size; byte++) result[to++] = storage[from + byte];
    }
  };
  walk(0, offset * size);
  return result;
}

/** Turns big-endian elements into little-endian ones, in place. */
function reverseElements(bytes: Uint8Array, size: number): Uint8Array {
  for (let at = 0; at < bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      [bytes[low], bytes[high]] = [bytes[high], bytes[low]];
    }
  }
  return bytes;
}
