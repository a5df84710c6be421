// Names of files within what file systems take: 255 bytes of UTF-8, of which a letter may need four.

export const maximumNameBytes = 255;

/** The beginning of a text, of at most so many bytes of UTF-8; no letter is cut in two. */
export function cutToBytes(text: string, bytes: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, bytes))).read);
}

/** A name that ends in `tail`, and of the rest as much as there is room for. */
export function nameEndingIn(tail: string, rest: string, room = maximumNameBytes): string {
  return cutToBytes(rest, room - new TextEncoder().encode(tail).length) + tail;
}

/** What a file is called while it is written, beside the place that it is moved to: hidden, so that nobody takes it for a whole one. */
export function temporaryName(name: string, distinction = ""): string {
  return nameEndingIn(`${distinction}.tmp`, `.${name}`);
}
