// What the filter gradient kernels share.
//
//   dL/dfilters[u, v, c, d] = sum over n, y, x of input[n, y', x', c] * gradient[n, y, x, d]
//
// where (y', x') is the input pixel that tap (u, v) reads for (y, x). That is a matrix product. Its
// rows are taps and input channels, its columns output channels, and the sum runs over the pixels
// of the gradient image. The sum is cut into chunks of lines of pixels, whose boundaries depend on
// the shapes alone. A second pass (sum.wgsl) adds the chunks in order, so every run gives the same
// bits.
//
//   input     [samples][rows][width][inVectors]         NHWC, vec4s of channels
//   gradient  [samples][rows][width][outVectors]
//   partial   [chunks][kernel][kernel][4 * inVectors][outVectors]
//
// Needs geometry.wgsl. Its "output" is the gradient image here, which is read, not written.

struct Part {
  band: Band,
  chunkLines: u32,     // lines per chunk; the last chunk of a sample may have fewer
  chunksOfSample: u32,
  inChannels: u32,
  outChannels: u32,
}

struct Chunk {
  sample: u32,
  firstLine: u32,
  endLine: u32,
}

fn chunkAt(index: u32, part: Part) -> Chunk {
  let first = part.band.outputRow + index % part.chunksOfSample * part.chunkLines;
  let end = min(first + part.chunkLines, part.band.outputRow + part.band.outputRows);
  return Chunk(index / part.chunksOfSample, first, end);
}

// Four rows of the matrix: a vec4 of input channels of one tap.
struct Row {
  vector: u32,
  shiftY: i32,
  shiftX: i32,
}

fn rowCount(band: Band) -> u32 {
  return band.kernel * band.kernel * band.inVectors;
}

fn rowAt(index: u32, band: Band) -> Row {
  let clamped = min(index, rowCount(band) - 1u);
  let tap = clamped / band.inVectors;
  return Row(
    clamped % band.inVectors,
    shiftOf(tap / band.kernel, 0u, band),
    shiftOf(tap % band.kernel, 0u, band),
  );
}

// Zeroes the channel padding, which is undefined in images but must be zero in filters. `row` is a
// row of the matrix, and `values` are its columns from 4 * column on.
fn withoutPadding(values: vec4f, row: u32, column: u32, part: Part) -> vec4f {
  let channel = 4u * column;
  let real = vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(part.outChannels);
  return select(vec4f(0.0), values, real & vec4<bool>(row % (4u * part.band.inVectors) < part.inChannels));
}
