// Seeded random numbers that are the same on every machine and can be saved and continued.
//
// The generator is xoshiro128** 1.1 (David Blackman and Sebastiano Vigna, public domain,
// https://prng.di.unimi.it/xoshiro128starstar.c): 128 bits of state, period 2^128 - 1, and only
// 32-bit operations, which JavaScript computes exactly. The state is filled from the seed by
// splitmix32-style mixing (the finaliser of MurmurHash3 over a Weyl sequence), so that similar
// seeds give unrelated streams.

/** The generator's state: four 32-bit words, as plain numbers for JSON. */
export type RandomState = readonly [number, number, number, number];

export class Random {
  #state: Uint32Array;

  /** @param seed any integer up to 2^53 in magnitude, or a state taken from `state` earlier */
  constructor(seed: number | RandomState) {
    this.#state = typeof seed === "number" ? spread(seed) : Uint32Array.from(seed);
    if (this.#state.length !== 4 || this.#state.every((word) => word === 0)) {
      throw new RangeError("A random state is four 32-bit words of which at least one is not zero.");
    }
  }

  /** A copy of the state; `new Random(state)` continues from here. */
  get state(): RandomState {
    const [a, b, c, d] = this.#state;
    return [a, b, c, d];
  }

  /** The next 32 random bits as an integer in [0, 2^32). */
  bits(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Uniform in [0, 1), with all 53 bits of a double. */
  uniform(): number {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53;
  }

  /** A uniform integer in [0, bound), without modulo bias; `bound` is an integer from 1 to 2^32. */
  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError(`A random integer needs a bound from 1 to 2^32, not ${bound}.`);
    }
    const fair = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const bits = this.bits();
      if (bits < fair) return bits % bound;
    }
  }
}

function rotateLeft(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count));
}

function spread(seed: number): Uint32Array {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A random seed is an integer of at most 53 bits, not ${seed}.`);
  const high = Math.floor(seed / 2 ** 32);
  let weyl = seed >>> 0;
  return Uint32Array.from({ length: 4 }, () => {
    weyl = (weyl + 0x9e3779b9) >>> 0;
    return mix(weyl ^ mix(high));
  });
}

function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
