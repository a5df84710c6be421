// The models in the box, for the page: the folder weights/ beside it, whose index.json names their cards. Tensors are kept in the browser's
// cache from one visit to the next, each under the contents of its card, so that a new model is never taken for the old one.

import { allInOrder } from "../../src/errors.ts";
import { parseCard, sortCards, type ModelCard } from "../../src/platform/model-card.ts";
import { fetched } from "../parts/fetched.ts";

const cacheName = "pixelcycle-weights";

/** @param folder the address of weights/, with a slash at its end */
export async function bundledModels(folder: string): Promise<ModelCard[]> {
  const names: string[] = await (await fetched(`${folder}index.json`)).json();
  return sortCards(
    await allInOrder(
      names.map(async (name) => parseCard(name, new Uint8Array(await (await fetched(folder + name)).arrayBuffer()))),
    ),
  );
}

/**
 * The bytes of a model's checkpoint.
 *
 * @param onShare is told the share that has arrived; null where the length is not known
 * @param check throws where they are none: they are not kept then
 */
export async function bundledBytes<T>(
  folder: string,
  card: ModelCard,
  onShare: (share: number | null) => void,
  check: (bytes: Uint8Array) => T,
): Promise<T> {
  const address = folder + card.file;
  const key = `${address}?card=${await fingerprint(JSON.stringify(card))}`;
  // Where a browser keeps nothing (some private windows), everything is fetched anew.
  const cache = await caches.open(cacheName).catch(() => undefined);
  const kept = await cache?.match(key).catch(() => undefined);
  if (kept) {
    try {
      return check(new Uint8Array(await kept.arrayBuffer()));
    } catch {
      await cache?.delete(key);
    }
  }
  const bytes = await received(await fetched(address), onShare);
  const checked = check(bytes);
  await keep(cache, address, key, bytes);
  return checked;
}

async function keep(cache: Cache | undefined, address: string, key: string, bytes: Uint8Array<ArrayBuffer>) {
  try {
    const old = await cache?.keys(address, { ignoreSearch: true });
    for (const request of old ?? []) await cache?.delete(request);
    await cache?.put(key, new Response(bytes));
  } catch {
    // No room: it is fetched again the next time.
  }
}

async function received(response: Response, onShare: (share: number | null) => void): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get("content-length"));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body!.getReader(); // Safari's streams are no iterators
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    // Of a compressed answer the length is another one.
    onShare(length >= bytes ? bytes / length : null);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function fingerprint(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
