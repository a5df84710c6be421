// Reads a network from a visitor's checkpoint. If the file holds several suitable ones, the page
// takes the first and offers a choice.

import { openCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import {
  chooseNetwork,
  networksMeant,
  suitable,
  type NetworkChoice,
} from "../../src/formats/checkpoint/choose-network.ts";
import type { NamedTensor } from "../../src/formats/tensors/tensors.ts";

/** The chosen network of a file, and all suitable ones. */
export interface FileNetworks {
  readonly key: string;
  /** The keys of all suitable networks. */
  readonly keys: readonly string[];
}

/** @throws UserError if the bytes are not a checkpoint, or it has no network under the key */
export function readOwnNetwork(
  bytes: Uint8Array,
  suits: NonNullable<NetworkChoice["suits"]>,
  key?: string,
): FileNetworks & { readonly tensors: readonly NamedTensor[] } {
  const { networks } = openCheckpoint(bytes);
  const those = suitable(networks, { suits });
  const network = key === undefined ? networksMeant({ suits }, networks)[0] : chooseNetwork(those, { key });
  return { key: network.key, keys: those.map(({ key }) => key), tensors: network.read() };
}
