// Estimates a kernel's speed from its AMD machine code: the instructions of its hottest loop, and
// the share of the peak that they allow without any stalls.

/** The limits of a SIMD. */
interface Generation {
  readonly name: string;
  /** Float32 multiply-adds per clock. */
  readonly multiplyAdds: number;
  /** Whether simple float instructions process 64 lanes per clock. */
  readonly wide: boolean;
}

const lanes = 32;
/** Bytes per clock that a SIMD gets from workgroup memory, and from the nearest cache. */
const bytesPerClock = 64;

/** By Mesa's GPU names. */
export const generations: Readonly<Record<string, Generation>> = {
  navi21: { name: "RDNA2", multiplyAdds: 32, wide: false },
  navi31: { name: "RDNA3", multiplyAdds: 64, wide: true },
};

interface Block {
  readonly label: string;
  readonly instructions: string[];
}

/**
 * The largest share of the peak that the hottest loop can reach, and its instructions; null if
 * there are no multiply-adds.
 */
export interface Ceiling {
  readonly share: number;
  readonly instructions: number;
  readonly multiplyAdds: number;
}

/**
 * The hottest block is the one with the most multiply-adds. What counts is the innermost loop
 * around it, with loops inside that loop counted once. A SIMD is limited by the clocks of its
 * vector instructions, by workgroup memory or by the cache. Scalar instructions, and loads and
 * jumps of other subgroups, are issued in parallel with vector instructions and cost nothing here.
 *
 * @param subgroup lanes of a subgroup, 32 or 64
 */
export function ceilingOf(isa: string, subgroup: number, { multiplyAdds, wide }: Generation): Ceiling | null {
  const blocks = blocksOf(isa);
  const products = blocks.map(({ instructions }) => instructions.reduce((sum, text) => sum + productsOf(text), 0));
  const most = Math.max(0, ...products);
  if (most === 0) return null;
  const hottest = products.indexOf(most);
  const [inner] = loopsOf(blocks)
    .filter(({ first, last }) => first <= hottest && hottest <= last)
    .sort((a, b) => a.last - a.first - (b.last - b.first));
  const { first, last } = inner ?? { first: hottest, last: hottest };
  const instructions = blocks.slice(first, last + 1).flatMap((block) => block.instructions);

  let [clocks, shared, memory, total] = [0, 0, 0, 0];
  for (const text of instructions) {
    if (/^v_/.test(text)) clocks += clocksOf(text, subgroup, wide);
    else if (/^ds_(load|read|store|write)/.test(text)) shared += subgroup * widthOf(text);
    else if (/^(buffer|global|flat)_(load|store)/.test(text)) memory += subgroup * widthOf(text);
    total += productsOf(text);
  }
  const best = (total * subgroup) / multiplyAdds;
  const share = Math.min(1, best / Math.max(clocks, shared / bytesPerClock, memory / bytesPerClock));
  return { share, instructions: instructions.length, multiplyAdds: total };
}

function blocksOf(isa: string): Block[] {
  const blocks: Block[] = [];
  for (const line of isa.split("\n")) {
    const label = /^(BB\d+):/.exec(line)?.[1];
    if (label) blocks.push({ label, instructions: [] });
    else if (/^\s+[a-z]\w*_/.test(line)) blocks.at(-1)?.instructions.push(line.split(";")[0].trim());
  }
  return blocks;
}

/** Every range of blocks that a backward jump spans. */
function loopsOf(blocks: readonly Block[]): { first: number; last: number }[] {
  const places = new Map(blocks.map(({ label }, i) => [label, i]));
  const ends = new Map<number, number>();
  blocks.forEach(({ instructions }, from) => {
    for (const text of instructions) {
      const to = places.get(/^s_c?branch\w*\s+(BB\d+)/.exec(text)?.[1] ?? "");
      if (to !== undefined && to <= from) ends.set(to, Math.max(from, ends.get(to) ?? 0));
    }
  });
  return [...ends].map(([first, last]) => ({ first, last }));
}

/** Both halves of a dual-issue instruction; other instructions have one. */
function halvesOf(text: string): string[] {
  return text.split(/\s*::\s*/).map((half) => half.split(/\s/)[0]);
}

/** Float32 multiply-adds of an instruction per lane; `fma_mix` also widens halves. */
function productsOf(text: string): number {
  return halvesOf(text).filter((name) =>
    /^v_(dual_)?(fma|fma_mix|fmac|fmaak|fmamk|mad|mac|madak|madmk)_(legacy_)?f32/.test(name),
  ).length;
}

/** Clocks for which an instruction occupies its SIMD's arithmetic. */
function clocksOf(text: string, subgroup: number, wide: boolean): number {
  const passes = Math.max(1, subgroup / lanes);
  const one = (name: string) => {
    if (/^v_(rcp|rsq|sqrt|exp|log|sin|cos|mul_lo_u32|mul_hi_[iu]32|mad_[iu]64)/.test(name)) return 4 * passes;
    const simple = /^v_(fma|fmac|fmaak|fmamk|add|sub|mul|mov|cndmask|max|min)_(f32|b32)/.test(name);
    return wide && subgroup === 64 && simple ? passes / 2 : passes;
  };
  return Math.max(...halvesOf(text).map(one));
}

/** Bytes per lane that a load or a store moves. */
function widthOf(text: string): number {
  const [name] = text.split(/\s/);
  const size = /b128|dwordx4/.test(name) ? 16 : /b96|dwordx3/.test(name) ? 12 : /b64|dwordx2/.test(name) ? 8 : 4;
  return /2addr|read2|load_2|write2|store_2/.test(name) ? 2 * size : size;
}
