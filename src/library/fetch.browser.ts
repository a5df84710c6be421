// Fetches the bytes of a URL, or throws a sentence that says why it cannot.

import { UserError } from "../errors.ts";

/** @throws UserError naming the address */
export async function fetchBytes(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new UserError(`${address} could not be fetched: ${response.status} ${response.statusText}.`);
  return new Uint8Array(await response.arrayBuffer());
}
