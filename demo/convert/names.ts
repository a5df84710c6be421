// The file names of results: those of their sources, as PNG.

/**
 * `photo.jpg` becomes `photo.png`. A name without a dot, or with only a leading dot, is kept whole.
 */
export function artName(source: string): string {
  return `${source.replace(/(?<=.)\.[^.]*$/, "")}.png`;
}

/**
 * Unique names for the results of these sources, ignoring case. Results that would share a name
 * keep their extension (`photo.jpg.png`), and if that is taken too they are numbered
 * (`photo.jpg-2.png`).
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

/**
 * Names for the frames of an animation, all with as many digits: `walk-01.png` to `walk-24.png`.
 */
export function numberedNames(source: string, count: number): string[] {
  const digits = String(count).length;
  const stem = artName(source).replace(/\.png$/, "");
  return Array.from({ length: count }, (_, i) => `${stem}-${String(i + 1).padStart(digits, "0")}.png`);
}
