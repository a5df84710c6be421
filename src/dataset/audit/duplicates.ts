// Finds pictures that duplicate an earlier one. A near-duplicate has a perceptual hash within six
// bits, as it is or reflected, and similar colours. A palette swap has the same cells in other
// colours. Pictures arrive one after the other and only their fingerprints are kept, so a table of
// any length is read once.
//
// Two hashes of 63 bits that differ in at most six bits agree in at least one of seven groups of
// nine bits. So only pictures that share a group are compared.

import type { DuplicateKind, Fingerprint } from "./row.ts";

export interface Duplicate {
  /** The first picture that it resembles. */
  readonly file: string;
  readonly kind: DuplicateKind;
}

const mostBits = 6;
const groups = 7;
const groupBits = 9;

/** Two pictures have similar colours up to this mean difference, in levels. */
const mostColours = 12;

/** A pattern with fewer colours, such as a silhouette, does not count as a palette swap. */
const leastColours = 4;

interface Known {
  readonly file: string;
  readonly high: number;
  readonly low: number;
  readonly colours: Uint8Array;
}

export class DuplicateFinder {
  readonly #known: Known[] = [];
  /** Indices into the list, by group and value. */
  readonly #groups = new Map<number, number[]>();
  readonly #patterns = new Map<string, string>();

  /** Whether a picture resembles an earlier one. If not, later ones are compared with it. */
  add(file: string, print: Fingerprint | undefined): Duplicate | undefined {
    if (!print) return undefined;
    const colours = bytesOf(print.colours);
    for (const [reflection, hash] of print.hashes.entries()) {
      const like = this.#like(hash, reflected(colours, reflection));
      if (like !== undefined) return { file: this.#known[like].file, kind: "near" };
    }
    const swap = this.#patterns.get(print.pattern);
    this.#keep(file, print, colours);
    return swap === undefined ? undefined : { file: swap, kind: "palette-swap" };
  }

  #like(hash: string, colours: Uint8Array): number | undefined {
    const [high, low] = wordsOf(hash);
    let first: number | undefined;
    for (const key of keysOf(high, low))
      for (const place of this.#groups.get(key) ?? []) {
        if (first !== undefined && place >= first) break;
        const other = this.#known[place];
        if (bitsOf(high ^ other.high) + bitsOf(low ^ other.low) > mostBits) continue;
        if (difference(colours, other.colours) <= mostColours) first = place;
      }
    return first;
  }

  #keep(file: string, { hashes, pattern }: Fingerprint, colours: Uint8Array) {
    const [high, low] = wordsOf(hashes[0]);
    const place = this.#known.push({ file, high, low, colours }) - 1;
    for (const key of keysOf(high, low)) {
      const places = this.#groups.get(key);
      if (places) places.push(place);
      else this.#groups.set(key, [place]);
    }
    if (!this.#patterns.has(pattern) && Number(pattern.split("-")[1]) >= leastColours)
      this.#patterns.set(pattern, file);
  }
}

/** The upper 31 and the lower 32 bits. */
function wordsOf(hash: string): [number, number] {
  return [parseInt(hash.slice(0, 8), 16), parseInt(hash.slice(8), 16)];
}

function keysOf(high: number, low: number): number[] {
  return Array.from({ length: groups }, (_, group) => {
    const from = group * groupBits;
    const bits = from >= 32 ? high >>> (from - 32) : (low >>> from) | (from > 23 ? high << (32 - from) : 0);
    return group * 2 ** groupBits + (bits & (2 ** groupBits - 1));
  });
}

function bitsOf(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** The 8 x 8 mean colours, RGB, reflected in x (bit 0) and in y (bit 1). */
function reflected(colours: Uint8Array, reflection: number): Uint8Array {
  return Uint8Array.from(colours, (_, i) => {
    const [field, channel] = [Math.floor(i / 3), i % 3];
    const x = reflection & 1 ? 7 - (field % 8) : field % 8;
    const y = reflection & 2 ? 7 - (field >> 3) : field >> 3;
    return colours[3 * (8 * y + x) + channel];
  });
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
