// Everything that a PyTorch pickle may name: storages, tensors that view them, and ordered dicts. A
// tensor is a call of `_rebuild_tensor_v2(storage, offset, size, stride, ...)`. A storage is a
// persistent id ('storage', type, key, location, length[, view]). All checks happen here, before
// any bytes are read; above all, no tensor may exceed its storage. Source: torch/serialization.py
// and torch/_utils.py.

import { UserError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import {
  OpaqueValue,
  PickleDict,
  PickleFunction,
  PickleList,
  PickleObject,
  PickleTuple,
  type PickleHost,
  type PickleValue,
} from "../pickle/values.ts";
import { isCount, type DType } from "../tensors/tensors.ts";

/** The most tensors that a file may contain. */
export const maximumTensors = 20_000;
const maximumDimensions = 8;
const maximumPairs = 1_000_000;

/** The dtype of each storage class. An untyped storage contains bytes. */
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

/** The storage class of each dtype, under its name in a pickle. */
export function storageClass(dtype: DType): string {
  return Object.keys(storageTypes).find((name) => storageTypes[name] === dtype)!;
}

class StorageType extends PickleObject {
  constructor(readonly dtype: DType) {
    super();
  }
}

/** One of PyTorch's own tensor classes. */
class TensorType extends PickleObject {}

const unreadTensor = new OpaqueValue(() => "The file holds tensors of an unsupported type (such as float8 or uint16).");

export interface Storage {
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

/**
 * A tensor as the pickle describes it, checked to lie within its storage. Offset and strides are in
 * elements.
 */
export class TensorView extends PickleObject {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {
    super();
  }
}

/** Everything from torch and Python that a state dict may name. */
export class TorchHost implements PickleHost {
  readonly storages = new Map<string, Storage>();
  /** Storages of unsupported types (complex numbers, for example), by key. */
  readonly unread = new Map<string, OpaqueValue>();
  private tensorCount = 0;
  private pairCount = 0;
  private readonly globals = new Map<string, PickleValue>([
    ["collections.OrderedDict", new PickleFunction("OrderedDict", (args) => this.orderedDict(args))],
    ["torch._utils._rebuild_tensor", new PickleFunction("_rebuild_tensor", (args) => this.rebuildTensor(args))],
    ["torch._utils._rebuild_tensor_v2", new PickleFunction("_rebuild_tensor_v2", (args) => this.rebuildTensor(args))],
    ["torch._utils._rebuild_tensor_v3", unreadTensor],
    ["torch._utils._rebuild_parameter", new PickleFunction("_rebuild_parameter", rebuildParameter)],
    ["torch._utils._rebuild_parameter_with_state", new PickleFunction("_rebuild_parameter", rebuildParameter)],
    ["torch._tensor._rebuild_from_type_v2", new PickleFunction("_rebuild_from_type_v2", rebuildFromType)],
    ["torch.Tensor", new TensorType()],
    ["torch.nn.parameter.Parameter", new TensorType()],
    ...Object.entries(storageTypes).map(([name, dtype]): [string, PickleValue] => [name, new StorageType(dtype)]),
  ]);

  global(name: string): PickleValue | undefined {
    return this.globals.get(name);
  }

  /**
   * ('storage', type, key, location, length); the legacy form has a sixth entry: null or (key,
   * offset, length).
   */
  persistent(id: PickleValue): PickleValue {
    const [kind, type, key, , length, part] = id instanceof PickleTuple ? id.items : [];
    if (type instanceof OpaqueValue) {
      if (kind !== "storage" || typeof key !== "string") throw type.refusal;
      this.unread.set(key, type);
      return type;
    }
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

  /** OrderedDict(), or OrderedDict(pairs) as Python 2 wrote it. */
  private orderedDict([pairs, ...more]: PickleValue[]): PickleDict {
    const dict = new PickleDict();
    if (pairs === undefined) return dict;
    if (!(pairs instanceof PickleList) || more.length > 0) throw noPairs();
    // A pickle may pass the same list many times.
    this.pairCount += pairs.items.length;
    if (this.pairCount > maximumPairs) throw new UserError("The pickle makes dicts of too many pairs; refused.");
    for (const pair of pairs.items) {
      const items = pair instanceof PickleTuple || pair instanceof PickleList ? pair.items : [];
      if (items.length !== 2) throw noPairs();
      dict.keys.push(items[0]);
      dict.values.push(items[1]);
    }
    return dict;
  }

  /** (storage, offset, size, stride, ...): the rest concerns gradients and hooks and is ignored. */
  private rebuildTensor([view, offset, size, stride]: PickleValue[]): PickleValue {
    if (view instanceof OpaqueValue) return view;
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

const noPairs = () => new UserError("The pickle makes a dict out of something other than pairs; refused.");

/** (tensor, requires_grad, hooks), and any attached state. */
function rebuildParameter([tensor]: PickleValue[]): PickleValue {
  if (tensor instanceof TensorView || tensor instanceof OpaqueValue) return tensor;
  throw new UserError("The pickle makes a parameter out of something that is not a tensor; refused.");
}

/**
 * (function, type, its arguments, state): a tensor with attached state. If its type is not
 * PyTorch's own, it may be anything.
 */
function rebuildFromType([build, type, args]: PickleValue[]): PickleValue {
  if (build instanceof OpaqueValue) return build;
  if (type instanceof OpaqueValue) return type;
  // If it could call itself within its arguments, the recursion could be as deep as the pickle is
  // long.
  const isBuilder = build instanceof PickleFunction && build.name !== "_rebuild_from_type_v2";
  if (isBuilder && type instanceof TensorType && args instanceof PickleTuple) {
    return build.call(args.items);
  }
  throw new UserError("The pickle makes a tensor out of something that is not a tensor; refused.");
}
