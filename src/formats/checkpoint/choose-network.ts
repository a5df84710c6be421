// Chooses one of a file's networks. A key selects it: its path in the file or the end of that, such
// as `G_A` for `nets.netG_A`. Without a key it is the only network, or the only one of the
// requested kind. A moving-average copy does not count beside its original.

import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import { printable } from "../../printable.ts";
import type { StoredTensor } from "../tensors/state-dict.ts";
import type { NetworkInFile } from "./networks-in-file.ts";

export interface NetworkChoice {
  /** The path of the network. */
  readonly key?: string | undefined;
  /** Without a key: whether a network is of the requested kind. */
  readonly suits?: ((tensors: readonly StoredTensor[]) => boolean) | undefined;
  /** Without a key: the preferred one of several, if it exists. */
  readonly likely?: string;
}

/** @throws UserError that lists the existing keys if none is selected or the choice is ambiguous */
export function chooseNetwork(networks: readonly NetworkInFile[], choice: NetworkChoice): NetworkInFile {
  const { key } = choice;
  const found = networksMeant(choice, networks);
  if (found.length === 0) throw new UserError(unknownKey(networks, key!));
  if (found.length === 1) return found[0];
  const keys = listed(found);
  const several =
    key === undefined ? "The file holds several networks" : `${nameOption("key", printable(key))} leads to several`;
  throw new UserError(`${several}: ${keys}. Choose one by its key, as in ${nameOption("key", nameOf(found[0]))}.`);
}

/** The candidates; empty only if the key leads to none. */
export function networksMeant(choice: NetworkChoice, networks: readonly NetworkInFile[]): readonly NetworkInFile[] {
  const { key, likely } = choice;
  const found = withoutAverages(suitable(key === undefined ? networks : withKey(networks, key), choice));
  if (found.length < 2 || likely === undefined) return found;
  const those = withoutAverages(withKey(found, likely));
  return those.length === 1 ? those : found;
}

/**
 * The networks to choose from if a kind is requested: all of that kind or, if there are none, all.
 */
export function suitable(networks: readonly NetworkInFile[], { suits }: NetworkChoice): readonly NetworkInFile[] {
  const those = suits && networks.length > 1 ? networks.filter(({ tensors }) => suits(tensors)) : [];
  return those.length > 0 ? those : networks;
}

/**
 * The networks that a key selects: by their whole key, otherwise by its end, by any part of it, or
 * by a bare name such as `G_A` for `netG_A`.
 */
function withKey(networks: readonly NetworkInFile[], key: string): readonly NetworkInFile[] {
  const bare = bareName(key);
  const ways: ((own: string) => boolean)[] = [
    (own) => own === key,
    (own) => own.endsWith(`.${key}`),
    (own) => `.${own}.`.includes(`.${key}.`),
    (own) => own.split(".").some((part) => bareName(part) === bare),
  ];
  for (const way of ways) {
    const those = networks.filter((network) => way(network.key));
    if (those.length > 0) return those;
  }
  return [];
}

/** `G_A` for `netG_A`, `net_G_A` and `G_A_state_dict`. */
function bareName(part: string): string {
  return part.replace(/^net_?(?=.)/i, "").replace(/_(?:state_dict|state|params|weights|model)$/i, "");
}

/**
 * Leaves out networks that are named as averages (EMA, SWA) and have the same tensors as another
 * one.
 */
function withoutAverages(networks: readonly NetworkInFile[]): readonly NetworkInFile[] {
  if (networks.length < 2) return networks;
  const isAverage = ({ key }: NetworkInFile) => /(?:^|[._])(?:ema|swa|averaged?|shadow)(?:[._]|$)/i.test(key);
  const makeup = ({ tensors }: NetworkInFile) =>
    tensors
      .map(({ name, shape }) => `${name} ${shape.join()}`)
      .sort()
      .join("\n");
  const originals = new Set(networks.filter((network) => !isAverage(network)).map(makeup));
  return networks.filter((network) => !isAverage(network) || !originals.has(makeup(network)));
}

function unknownKey(networks: readonly NetworkInFile[], key: string): string {
  const none = `The file holds no network under ${nameOption("key", printable(key))}`;
  if (networks.length === 1 && networks[0].key === "") {
    return `${none}: it holds a single one, which has no key. Leave out ${nameOption("key")}.`;
  }
  return `${none}; it holds ${listed(networks)}.`;
}

/** A network's name in messages. */
export function nameOf({ key }: NetworkInFile): string {
  return printable(key) || "(without a key)";
}

const mostListed = 12;

export function listed(networks: readonly NetworkInFile[]): string {
  const first = networks.slice(0, mostListed).map(nameOf).join(", ");
  return networks.length > mostListed ? `${first} and ${networks.length - mostListed} more` : first;
}
