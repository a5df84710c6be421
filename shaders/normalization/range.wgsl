// What a workgroup of a reduction over pixels has: chunks of one sample's pixels, one above the
// other, for COLUMNS vec4s of channels. `id` is the workgroup: columns, chunks, sample.

struct Range {
  vectors: u32,     // of a pixel
  pixels: u32,      // of a sample
  chunkPixels: u32, // of a chunk; the last may have fewer
  groups: u32,      // of CHUNKS chunks, of a sample
  firstGroup: u32,  // of this dispatch; the images are bound from its first pixel on
  sample: u32,      // the first of this dispatch
  inputOffset: u32, // in vec4s
}

// The pixels of a chunk, none behind the end.
fn pixelsOf(chunk: u32, group: u32, range: Range) -> u32 {
  let first = min(((range.firstGroup + group) * CHUNKS + chunk) * range.chunkPixels, range.pixels);
  return min(range.chunkPixels, range.pixels - first);
}

// Where the vec4 of a chunk's first pixel lies in what is bound.
fn placeOf(chunk: u32, column: u32, id: vec3u, range: Range) -> u32 {
  return range.inputOffset + (id.z * range.pixels + (id.y * CHUNKS + chunk) * range.chunkPixels) * range.vectors + column;
}

// Where the first of the two results lies.
fn rowOf(column: u32, id: vec3u, range: Range) -> u32 {
  return ((range.sample + id.z) * range.groups + range.firstGroup + id.y) * 2u * range.vectors + column;
}
