// Finds the state dicts in a pickled object: dicts of tensors, nested in dicts, lists and tuples up
// to a limited depth. Skips everything beside them and between their tensors (options, counts, an
// optimiser's state).

import { UserError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { OpaqueValue, PickleDict, PickleList, PickleTuple, type PickleValue } from "../pickle/values.ts";
import type { StateDict } from "../tensors/state-dict.ts";
import { isTensorName } from "../tensors/tensors.ts";
import { copyTensors, type NamedView, type StorageBytes } from "./layout.ts";
import { TensorView } from "./objects.ts";

type Container = PickleDict | PickleList | PickleTuple;

const maximumDepth = 8;
/**
 * Limits how often containers are reached again by another path. A few containers that refer to
 * each other have any number of such paths.
 */
const maximumRepeats = 20_000;
/**
 * Limits the entries visited. A pickle has too few steps to create this many unless containers are
 * shared.
 */
const maximumEntries = 4_000_000;
/**
 * For all state dicts together. Even four networks of 20,000 tensors with their averages stay below
 * it.
 */
const maximumNames = 200_000;

const endless = () => new UserError("The file's dicts and lists are nested too often; refused.");

/**
 * All state dicts of a file's object, those nearest the top first. These are the dicts with tensors
 * named like a network's or, if there are none, all dicts that hold tensors.
 *
 * @throws UserError if there are none
 */
export function findStateDicts(root: PickleValue, storages: StorageBytes): StateDict[] {
  if (root instanceof OpaqueValue) throw root.refusal;
  const { dicts, opaque } = isContainer(root) ? walk(root) : { dicts: [], opaque: undefined };
  const weights = dicts.filter(({ hasWeight }) => hasWeight);
  // If tensors lie directly in the file's object, they are what the file is for.
  const others = dicts[0]?.path === "" ? dicts.slice(0, 1) : dicts;
  const found = weights.length > 0 ? weights : others;
  if (found.length === 0) {
    if (opaque) throw opaque.refusal;
    const what = root instanceof PickleDict ? "holds no tensors" : "does not hold a state dict";
    throw new UserError(`The file ${what}: save model.state_dict().`);
  }
  let names = 0;
  return found.map(({ path, dict }) => {
    names += dict.keys.length;
    if (names > maximumNames) throw endless();
    return stateDictOf(path, dict, storages);
  });
}

interface FoundDict {
  readonly path: string;
  readonly dict: PickleDict;
  /** Whether a tensor is named like a network's. An optimiser's tensors are not. */
  readonly hasWeight: boolean;
}

/** All dicts that hold a tensor, level by level, and the first value that was skipped. */
function walk(root: Container): { dicts: FoundDict[]; opaque: OpaqueValue | undefined } {
  const dicts: FoundDict[] = [];
  let opaque: OpaqueValue | undefined;
  const seen = new Set<Container>([root]);
  let repeats = 0;
  let entries = 0;
  const count = (more: number) => {
    entries += more;
    if (entries > maximumEntries) throw endless();
  };
  // A list of losses, however long, contains nothing to find.
  const leadsOn = (value: Container) => {
    const values = valuesOf(value);
    count(1 + values.length);
    return values.some((value) => value instanceof TensorView || isContainer(value) || value instanceof OpaqueValue);
  };
  let level: { path: string; value: Container }[] = [{ path: "", value: root }];
  for (let depth = 0; depth <= maximumDepth && level.length > 0; depth++) {
    const below: typeof level = [];
    for (const { path, value } of level) {
      const values = valuesOf(value);
      count(values.length);
      let [hasTensor, hasWeight] = [false, false];
      values.forEach((item, i) => {
        const key = value instanceof PickleDict ? value.keys[i] : i;
        if (item instanceof OpaqueValue) opaque ??= item;
        if (item instanceof TensorView) {
          hasTensor = true;
          hasWeight ||= typeof key === "string" && /\.weight$/.test(key);
        }
        if (!isContainer(item) || (typeof key !== "string" && typeof key !== "number") || !leadsOn(item)) return;
        if (seen.has(item) && ++repeats > maximumRepeats) throw endless();
        seen.add(item);
        below.push({ path: path === "" ? String(key) : `${path}.${key}`, value: item });
      });
      if (hasTensor && value instanceof PickleDict) dicts.push({ path, dict: value, hasWeight });
    }
    level = below;
  }
  return { dicts, opaque };
}

function isContainer(value: PickleValue): value is Container {
  return value instanceof PickleDict || value instanceof PickleList || value instanceof PickleTuple;
}

function valuesOf(value: Container): readonly PickleValue[] {
  return value instanceof PickleDict ? value.values : value.items;
}

/** Names that only tensors have in PyTorch's own modules. */
const tensorName = /(?:^|\.)(?:weight|bias|running_mean|running_var|num_batches_tracked)$/;

function stateDictOf(path: string, dict: PickleDict, storages: StorageBytes): StateDict {
  const views = new Map<string, NamedView>();
  const others: string[] = [];
  let problem: UserError | undefined;
  dict.keys.forEach((name, i) => {
    const tensor = dict.values[i];
    if (tensor instanceof TensorView) {
      if (typeof name !== "string" || !isTensorName(name)) {
        problem ??= new UserError("The state dict has a tensor whose name is not plain text.");
      } else if (views.has(name)) {
        problem ??= new UserError(`The state dict holds ${printable(name)} twice; refused.`);
      } else views.set(name, { name, tensor });
    } else if (typeof name === "string") {
      if (!tensorName.test(name)) others.push(name);
      else if (tensor instanceof OpaqueValue) problem ??= tensor.refusal;
      else problem ??= new UserError(`The state dict's entry ${printable(name)} is not a tensor; refused.`);
    }
  });
  return {
    path,
    tensors: Array.from(views.values(), ({ name, tensor }) => {
      return { name, dtype: tensor.storage.dtype, shape: tensor.shape };
    }),
    others,
    read(names) {
      if (problem) throw problem;
      return copyTensors(
        [...views.values()].filter(({ name }) => names.has(name)),
        storages,
      );
    },
  };
}
