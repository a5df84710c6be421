// Rung 0 of the filters' ladder in docs/ladder.md: the formula of chunks.wgsl, one lane per number
// of the filters. Each multiply-add loads one number of the input and one of the gradient.

#include convolution/geometry
#include convolution/filter-gradient/chunks

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> part: Part;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let band = part.band;
  let inputs = 4u * band.inVectors;
  let outputs = 4u * band.outVectors;
  let rows = 4u * rowCount(band);
  let rowIndex = group.x / band.columnGroups * GROUP_ROWS + lane.y;
  let column = group.x % band.columnGroups * GROUP_COLUMNS + lane.x;
  if (rowIndex >= rows || column >= outputs) {
    return;
  }
  let row = rowAt(rowIndex / 4u, band);
  let channel = rowIndex % inputs;

  var sum = 0.0;
  let chunk = chunkAt(group.y, part);
  for (var y = chunk.firstLine; y < chunk.endLine; y++) {
    for (var x = 0u; x < band.outputWidth; x++) {
      let pixel = Pixel(chunk.sample, y, x, true);
      let source = inputPixel(pixel, row.shiftY, row.shiftX, band);
      if (source >= 0) {
        let value = input[4u * band.inputOffset + u32(source) * inputs + channel];
        let place = 4u * band.outputOffset + outputPixel(pixel, vec2u(0u), band) * outputs;
        sum += value * gradient[place + column];
      }
    }
  }
  // The channel padding of filters must be zero.
  let real = channel < part.inChannels && column < part.outChannels;
  partial[(group.y * rows + rowIndex) * outputs + column] = select(0.0, sum, real);
}
