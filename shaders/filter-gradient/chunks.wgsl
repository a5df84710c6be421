// What the kernels of a filter's gradient share. The sum over all pixels of the gradient image is cut into chunks of rows,
// which depend on the shapes alone, and a second pass (sum.wgsl) adds the chunks up in order: the same bits at every run.
// Needs geometry.wgsl, whose "output" is here the gradient image, read and not written.

struct Part {
  @size(48) band: Band,
  chunkRows: u32,      // of a chunk; the last of a sample may have fewer
  chunksOfSample: u32,
  continued: u32,      // 1 where rows of the same chunk were added up by the dispatch before
}

struct Chunk {
  sample: u32,
  firstRow: u32,
  endRow: u32,
}

fn chunkAt(index: u32, part: Part) -> Chunk {
  let first = part.band.outputRow + index % part.chunksOfSample * part.chunkRows;
  let end = min(first + part.chunkRows, part.band.outputRow + part.band.outputRows);
  return Chunk(index / part.chunksOfSample, first, end);
}

// Which channels from 4 * vector on are channels, and not padding.
fn realChannels(vector: u32, channels: u32) -> vec4<bool> {
  let channel = 4u * vector;
  return vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(channels);
}
