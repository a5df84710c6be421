// The gradient of a convolution with respect to its filters (see chunks.wgsl), in registers alone:
// the plainest variant, for any adapter.
//
// Each lane computes four rows (one vec4 of input channels of a tap) by COLUMNS vec4s of output
// channels over the pixels of one chunk: 1 + COLUMNS loads for 16 * COLUMNS multiply-adds.

#include convolution/geometry
#include convolution/filter-gradient/chunks

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(3) var<uniform> part: Part;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let band = part.band;
  let rowIndex = group.x / band.columnGroups * GROUP_ROWS + lane.y;
  let row = rowAt(rowIndex, band);
  let firstColumn = (group.x % band.columnGroups * GROUP_COLUMNS + lane.x) * COLUMNS;
  var columns: array<u32, COLUMNS>;
  for (var c = 0u; c < COLUMNS; c++) {
    columns[c] = min(firstColumn + c, band.outVectors - 1u);
  }

  var sums = array<array<vec4f, COLUMNS>, 4>();
  let chunk = chunkAt(group.y, part);
  for (var y = chunk.firstLine; y < chunk.endLine; y++) {
    for (var x = 0u; x < band.outputWidth; x++) {
      let pixel = Pixel(chunk.sample, y, x, true);
      let source = inputPixel(pixel, row.shiftY, row.shiftX, band);
      if (source >= 0) {
        let values = input[band.inputOffset + u32(source) * band.inVectors + row.vector];
        let place = band.outputOffset + outputPixel(pixel, vec2u(0u), band) * band.outVectors;
        for (var c = 0u; c < COLUMNS; c++) {
          let gradients = gradient[place + columns[c]];
          for (var i = 0u; i < 4u; i++) {
            sums[i][c] = fma(vec4f(values[i]), gradients, sums[i][c]);
          }
        }
      }
    }
  }

  for (var i = 0u; i < 4u; i++) {
    let matrixRow = 4u * rowIndex + i;
    for (var c = 0u; c < COLUMNS; c++) {
      if (rowIndex < rowCount(band) && firstColumn + c < band.outVectors) {
        let place = (group.y * 4u * rowCount(band) + matrixRow) * band.outVectors + columns[c];
        partial[place] = withoutPadding(sums[i][c], matrixRow, columns[c], part);
      }
    }
  }
}
