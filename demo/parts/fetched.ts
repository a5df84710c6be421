// Files that lie beside the page: models, samples, lists of both. For views and workers.

import { UserError, withoutFullStop } from "../../src/errors.ts";

/** @throws UserError where there is no answer, or another one than the file */
export async function fetched(address: string | URL): Promise<Response> {
  const response = await fetch(address).catch((error: Error) => {
    throw new UserError(`${address} could not be fetched: ${withoutFullStop(error.message)}. Are you online?`);
  });
  if (!response.ok) throw new UserError(`${address} could not be fetched: ${response.status} ${response.statusText}.`);
  return response;
}
