// Fetches files that are served beside the page: models, samples, and their lists. For views and
// workers.

import { UserError, withoutFullStop } from "../../src/errors.ts";

/** @throws UserError if there is no response, or its status is not OK */
export async function fetched(address: string | URL): Promise<Response> {
  const response = await fetch(address).catch((error: Error) => {
    throw new UserError(`${address} could not be fetched: ${withoutFullStop(error.message)}. Are you online?`);
  });
  if (!response.ok) throw new UserError(`${address} could not be fetched: ${response.status} ${response.statusText}.`);
  return response;
}
