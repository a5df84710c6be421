// What an address has, or why not, in a sentence.

import { UserError } from "../errors.ts";

/** @throws UserError naming the address */
export async function fetchBytes(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new UserError(`${address} could not be fetched: ${response.status} ${response.statusText}.`);
  return new Uint8Array(await response.arrayBuffer());
}
