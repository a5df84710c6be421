// A network out of a visitor's checkpoint. Where the file holds several that would do, the page begins with the first and lets choose.

import { openCheckpoint } from "../../src/formats/checkpoint.ts";
import { chooseNetwork, networksMeant, suitable, type NetworkChoice } from "../../src/formats/choose-network.ts";
import type { NamedTensor } from "../../src/formats/tensors.ts";

/** Which network of a file it is, and which there are besides. */
export interface FileNetworks {
  readonly key: string;
  /** Of all that would do. */
  readonly keys: readonly string[];
}

/** @throws UserError where the bytes are no checkpoint, or nothing is under the key */
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
