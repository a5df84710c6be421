// Archives by their names: those that datasets are read from, and those of other kinds.

/** Zips and tars, whose pictures `dataset` reads in place. */
export function isArchiveName(name: string): boolean {
  return /\.(?:zip|tar)$/i.test(name);
}

/** Archives of other kinds, which nothing reads. */
export function isOtherArchiveName(name: string): boolean {
  return /\.(?:rar|7z|cb[rz7]|t[bgx]z2?|tzst|tar\.(?:gz|bz2|xz|zst|z|lz4?|lzma))$/i.test(name);
}
