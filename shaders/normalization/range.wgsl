// The part of a reduction over pixels that one workgroup computes: CHUNKS consecutive chunks of one
// sample's pixels, for COLUMNS vec4s of channels. `id` is the workgroup: columns, group of chunks,
// sample. In the shaders whose lanes share nothing, a group is one chunk and one lane.

struct Range {
  vectors: u32,     // of a pixel
  pixels: u32,      // of a sample
  chunkPixels: u32, // of a chunk; the last may have fewer
  groups: u32,      // of a sample, CHUNKS chunks each
  firstGroup: u32,  // of this dispatch; the images are bound from its first pixel on
  ownGroups: u32,   // of this dispatch, of each sample
  sample: u32,      // the first of this dispatch
  inputOffset: u32, // in vec4s
}

// The number of pixels in a chunk, 0 past the end of the sample.
fn pixelsOf(chunk: u32, group: u32, range: Range) -> u32 {
  let first = min(((range.firstGroup + group) * CHUNKS + chunk) * range.chunkPixels, range.pixels);
  return min(range.chunkPixels, range.pixels - first);
}

// The index of the chunk's first pixel in the binding, at that column.
fn placeOf(chunk: u32, column: u32, id: vec3u, range: Range) -> u32 {
  return range.inputOffset + (id.z * range.pixels + (id.y * CHUNKS + chunk) * range.chunkPixels) * range.vectors + column;
}

// The index of the first of the two results.
fn rowOf(column: u32, id: vec3u, range: Range) -> u32 {
  return ((range.sample + id.z) * range.groups + range.firstGroup + id.y) * 2u * range.vectors + column;
}
