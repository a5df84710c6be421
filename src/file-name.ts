// File names within the limit of file systems: 255 bytes of UTF-8, where a character may need four.

export const maximumNameBytes = 255;

/** The beginning of a text, of at most this many bytes of UTF-8; no character is split. */
export function cutToBytes(text: string, bytes: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, bytes))).read);
}

/** A name that ends in `tail`, with as much of the rest as fits. */
export function nameEndingIn(tail: string, rest: string, room = maximumNameBytes): string {
  return cutToBytes(rest, room - new TextEncoder().encode(tail).length) + tail;
}

/**
 * The name of a file while it is written, in the folder that it is renamed in: hidden, so that
 * nobody mistakes it for a complete one.
 */
export function temporaryName(name: string, distinction = ""): string {
  return nameEndingIn(`${distinction}.tmp`, `.${name}`);
}
