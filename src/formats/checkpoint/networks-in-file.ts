// Separates the networks of a file by the names of their tensors. The reference's networks use
// names such as `model.1.weight` or `net.0.weight`. A module that wraps one adds a prefix
// (`netG_A.`, `generator.`, DataParallel's `module.`), and one state dict may hold several. The
// prefix becomes the network's name in the file and is removed from its tensors' names.

import { UserError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import type { StateDict, StoredTensor } from "../tensors/state-dict.ts";
import { elementCount, type NamedTensor } from "../tensors/tensors.ts";

/** What was skipped in a file, for display. */
export interface PassedOver {
  /** The prefixes of the network's names, including the full stop: `module.`. */
  readonly prefixes: readonly string[];
  /** Tensors in its state dict that belong to no network. */
  readonly tensors: readonly string[];
  /** Entries that are not tensors. */
  readonly others: readonly string[];
}

export interface NetworkInFile {
  /**
   * The path to the network: keys of dicts and the prefix of its names, joined by dots; empty if
   * there is neither.
   */
  readonly key: string;
  /** Under the network's own names, in no particular order. */
  readonly tensors: readonly StoredTensor[];
  readonly passedOver: PassedOver;
  /** @throws UserError if its tensors cannot be read */
  read(): NamedTensor[];
}

/** Splits a state dict. The result always has at least one network, even if of an unknown kind. */
export function networksIn(dict: StateDict): NetworkInFile[] {
  const known = new Map<StoredTensor, KnownName>();
  const unknown = new Map<StoredTensor, string>();
  for (const stored of dict.tensors) {
    const name = isStatistic(stored) ? undefined : knownName(stored.name);
    if (name) known.set(stored, name);
    else unknown.set(stored, withoutWrappers(stored.name));
  }
  if (known.size === 0) return [network(dict, { front: "", names: unknown }, [])];

  const groups = joinHalves(groupsOf(known));
  const left: string[] = [];
  for (const [stored, name] of unknown) {
    const owner = isStatistic(stored) || elementCount(stored.shape) === 1 ? undefined : ownerOf(name, groups);
    if (owner) owner.names.set(stored, owner.front === "" ? name : name.slice(owner.front.length + 1));
    else left.push(stored.name);
  }
  return Array.from(groups.values(), (group) => network(dict, group, left));
}

/**
 * A name in parts: the prefix, the number of times `model.` occurs before the first number, and the
 * rest from there.
 */
interface KnownName {
  readonly front: string;
  readonly models: number;
  readonly own: string;
}

interface Group {
  readonly front: string;
  /** The network's own name for each of its tensors. */
  readonly names: Map<StoredTensor, string>;
}

/** DataParallel, torch.compile and FSDP insert these into names. */
const wrappers = ["module", "_orig_mod", "_fsdp_wrapped_module"];

function withoutWrappers(name: string): string {
  const words = name.split(".");
  return words.slice(words.findIndex((word) => !wrappers.includes(word))).join(".");
}

/** Statistics that other tools store in networks: thop's counts, PyTorch's count of averages. */
const isStatistic = ({ name }: StoredTensor) => /(?:^|\.)(?:total_ops|total_params|n_averaged)$/.test(name);

/** Undefined for a name that no known network has, whatever its prefix. */
function knownName(name: string): KnownName | undefined {
  const words = name.split(".").filter((word) => !wrappers.includes(word));
  const number = words.findIndex((word, i) => i > 0 && /^\d+$/.test(word) && /^(?:model|net)$/.test(words[i - 1]));
  if (number < 0) return undefined;
  let start = number - 1;
  while (start > 0 && words[start] === "model" && words[start - 1] === "model") start--;
  return { front: words.slice(0, start).join("."), models: number - start, own: words.slice(start).join(".") };
}

/** By prefix. */
type Groups = ReadonlyMap<string, Group>;

function groupsOf(known: ReadonlyMap<StoredTensor, KnownName>): Groups {
  // Only a U-Net has names such as `model.model.1`. In any other network the first `model.` belongs
  // to a wrapping module.
  const alike = (name: KnownName) => `${name.models} ${name.front}`;
  const nested = new Set([...known.values()].filter(({ own }) => /^(?:model\.)+\d+\.model\./.test(own)).map(alike));
  const groups = new Map<string, Group>();
  for (const [stored, name] of known) {
    const more = Math.max(0, name.models - (nested.has(alike(name)) ? 2 : 1));
    const front = [...(name.front === "" ? [] : [name.front]), ...Array<string>(more).fill("model")].join(".");
    const group = groups.get(front) ?? { front, names: new Map<StoredTensor, string>() };
    groups.set(front, group);
    group.names.set(stored, name.own.slice("model.".length * more));
  }
  return groups;
}

const firstLayer = /^(?:model\.[01]|model\.model\.0|net\.0)\.weight$/;

/**
 * If only some of a network's names have a prefix, it is still one network. An incomplete group
 * beside a complete one is not a network.
 */
function joinHalves(groups: Groups): Groups {
  const whole = [...groups.values()].filter(({ names }) => [...names.values()].some((name) => firstLayer.test(name)));
  if (whole.length === 0) return groups;
  if (whole.length === 1) {
    const [{ front, names }] = whole;
    const taken = new Set(names.values());
    for (const half of groups.values()) {
      const isOther = half === whole[0] || (front !== "" && half.front !== "");
      if (isOther || [...half.names.values()].some((name) => taken.has(name))) continue;
      for (const [stored, name] of half.names) names.set(stored, name);
    }
  }
  return new Map(whole.map((group) => [group.front, group]));
}

/** The group with the longest prefix that the name begins with. */
function ownerOf(name: string, groups: Groups): Group | undefined {
  for (let end = name.lastIndexOf("."); end > 0; end = name.lastIndexOf(".", end - 1)) {
    const group = groups.get(name.slice(0, end));
    if (group) return group;
  }
  return groups.get("");
}

function network(dict: StateDict, { front, names }: Group, left: readonly string[]): NetworkInFile {
  const own = new Map<string, string>();
  const prefixes = new Set<string>();
  for (const [{ name }, ownName] of names) {
    own.set(name, ownName);
    if (name !== ownName) prefixes.add(name.endsWith(`.${ownName}`) ? name.slice(0, -ownName.length) : "module.");
  }
  return {
    key: [dict.path, front].filter((part) => part !== "").join("."),
    tensors: Array.from(names, ([stored, name]) => ({ ...stored, name })),
    passedOver: { prefixes: [...prefixes], tensors: left, others: dict.others },
    read() {
      const twice = firstRepeated([...own.values()]);
      if (twice !== undefined) {
        throw new UserError(`The state dict holds ${printable(twice)} twice, with module. and without; refused.`);
      }
      return dict.read(new Set(own.keys())).map((tensor) => ({ ...tensor, name: own.get(tensor.name)! }));
    },
  };
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}
