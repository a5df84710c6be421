// What results are called: as their sources, and as PNG.

/** `photo.jpg` becomes `photo.png`; without a dot, or with one only in front, the whole name counts. */
export function artName(source: string): string {
  return `${source.replace(/(?<=.)\.[^.]*$/, "")}.png`;
}

/**
 * Names of results for sources of these names, no two of them the same, not even where case does not count: what would share a name keeps
 * its extension (`photo.jpg.png`), and what shares that too is numbered (`photo.jpg-2.png`).
 */
export function artNames(sources: readonly string[]): string[] {
  const key = (name: string) => name.toLowerCase();
  const count = new Map<string, number>();
  for (const source of sources) count.set(key(artName(source)), (count.get(key(artName(source))) ?? 0) + 1);
  const wanted = sources.map((source) => (count.get(key(artName(source))) === 1 ? artName(source) : `${source}.png`));
  const taken = new Set<string>();
  return wanted.map((name) => {
    let free = name;
    for (let i = 2; taken.has(key(free)); i++) free = name.replace(/\.png$/, `-${i}.png`);
    taken.add(key(free));
    return free;
  });
}

/** Of the frames of one animation, in an order that file managers keep: `walk-01.png` to `walk-24.png`. */
export function numberedNames(source: string, count: number): string[] {
  const digits = String(count).length;
  const stem = artName(source).replace(/\.png$/, "");
  return Array.from({ length: count }, (_, i) => `${stem}-${String(i + 1).padStart(digits, "0")}.png`);
}
