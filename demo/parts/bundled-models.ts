// Loads the bundled models from the folder weights/ beside the page, whose index.json lists their
// cards. The browser's cache keeps their tensors between visits, under a digest of the card, so
// that a new model never gets the tensors of an old one.

import { allInOrder } from "../../src/errors.ts";
import { parseCard, sortCards, type ModelCard } from "../../src/platform/models/model-card.ts";
import { fetched } from "./fetched.ts";

const cacheName = "pixelcycle-weights";

/** @param folder the address of weights/, with a trailing slash */
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
 * @param onShare is called with the downloaded share; null if the length is unknown
 * @param check throws if the bytes are not a checkpoint; they are then not cached
 */
export async function bundledBytes<T>(
  folder: string,
  card: ModelCard,
  onShare: (share: number | null) => void,
  check: (bytes: Uint8Array) => T,
): Promise<T> {
  const address = folder + card.file;
  const key = `${address}?card=${await fingerprint(JSON.stringify(card))}`;
  // Some private windows have no cache; then everything is fetched again.
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
    // No space left: it is fetched again next time.
  }
}

async function received(response: Response, onShare: (share: number | null) => void): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get("content-length"));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body!.getReader(); // Safari's streams are not async iterable
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    // The length of a compressed response is smaller than its contents.
    onShare(length >= bytes ? bytes / length : null);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function fingerprint(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
