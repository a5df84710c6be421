// Counts the distinct numbers in a list, in a hash table with open addressing. Nearly all pixels of
// a photo differ, and a Set of a million numbers takes longer than all other work on the picture.

/** At least half of the table stays empty, so that each lookup probes few entries. */
const fewest = 64;

export function countDistinct(values: Uint32Array): number {
  let mask = fewest - 1;
  let table = new Uint32Array(fewest);
  let hasZero = false;
  let count = 0;
  const placeOf = (value: number) => {
    let place = Math.imul(value ^ (value >>> 15), 0x9e3779b1) >>> 0;
    place = (place ^ (place >>> 13)) & mask;
    while (table[place] !== 0 && table[place] !== value) place = (place + 1) & mask;
    return place;
  };
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0 && value === values[i - 1]) continue;
    if (value === 0) {
      if (!hasZero) count++;
      hasZero = true;
    } else {
      const place = placeOf(value);
      if (table[place] === value) continue;
      table[place] = value;
      count++;
    }
    if (2 * count <= mask) continue;
    const before = table;
    mask = 2 * mask + 1;
    table = new Uint32Array(mask + 1);
    for (const other of before) if (other !== 0) table[placeOf(other)] = other;
  }
  return count;
}
