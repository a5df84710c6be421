// The gradient of a convolution with respect to its filters (see chunks.wgsl), for software
// adapters: no workgroup memory, one subgroup per workgroup.
//
// Each lane computes four rows (one vec4 of input channels of a tap) by COLUMNS vec4s of output
// channels over the pixels of one chunk, four pixels at a time. There, loads are expensive and
// broadcasts cheap (see convolution/broadcast.wgsl). So each lane loads different vec4s of the
// gradient and broadcasts them to the others, and loads the input of its own row only.

enable subgroups;

#include convolution/geometry
#include convolution/filter-gradient/chunks

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(3) var<uniform> part: Part;

// The number of vec4s this lane loads of the gradients of four pixels, ordered by pixel, then
// column: every LANES-th.
const OWN_GRADIENTS = (4u * COLUMNS + LANES - 1u) / LANES;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let band = part.band;
  let rowIndex = group.x / band.columnGroups * LANES + lane;
  let row = rowAt(rowIndex, band);
  let firstColumn = group.x % band.columnGroups * COLUMNS;

  // For each output channel, the sums of the lane's four input channels.
  var sums = array<vec4f, 4u * COLUMNS>();
  let chunk = chunkAt(group.y, part);
  for (var y = chunk.firstLine; y < chunk.endLine; y++) {
    let inputY = inputAlong(y, row.shiftY, band.inputHeight, band);
    let inputLine = (i32(chunk.sample * band.inputRows) + inputY - i32(band.inputRow)) * i32(band.inputWidth);
    let gradientLine = (chunk.sample * band.outputRows + y - band.outputRow) * band.outputWidth;
    for (var x = 0u; x < band.outputWidth; x += 4u) {
      var gradients: array<vec4f, OWN_GRADIENTS>;
      for (var own = 0u; own < OWN_GRADIENTS; own++) {
        let index = own * LANES + lane;
        let gradientX = min(x + index / COLUMNS, band.outputWidth - 1u);
        let column = min(firstColumn + index % COLUMNS, band.outVectors - 1u);
        gradients[own] = gradient[band.outputOffset + (gradientLine + gradientX) * band.outVectors + column];
      }
      var values: mat4x4f; // four pixels, of four input channels
      for (var p = 0u; p < 4u; p++) {
        let inputX = inputAlong(x + p, row.shiftX, band.inputWidth, band);
        let present = inputY >= 0 && inputX >= 0 && x + p < band.outputWidth;
        let place = band.inputOffset + u32(max(inputLine + inputX, 0)) * band.inVectors + row.vector;
        values[p] = input[place] * select(0.0, 1.0, present);
      }
      for (var c = 0u; c < COLUMNS; c++) {
        var shown: mat4x4f; // the same four pixels, of four output channels
        for (var p = 0u; p < 4u; p++) {
          let index = p * COLUMNS + c;
          shown[p] = subgroupShuffle(gradients[index / LANES], index % LANES);
        }
        let pixels = transpose(shown);
        for (var j = 0u; j < 4u; j++) {
          sums[4u * c + j] += values * pixels[j];
        }
      }
    }
  }

  // Four stores in a loop, as in convolution/broadcast.wgsl.
  let endColumn = min(firstColumn + COLUMNS, band.outVectors);
  for (var column = firstColumn; column < endColumn; column++) {
    if (rowIndex < rowCount(band)) {
      for (var i = 0u; i < 4u; i++) {
        let values = vec4f(sums[0][i], sums[1][i], sums[2][i], sums[3][i]);
        let place = (group.y * rowCount(band) + rowIndex) * 4u + i;
        partial[place * band.outVectors + column] = withoutPadding(values, 4u * rowIndex + i, column, part);
      }
    }
    for (var c = 4u; c < 4u * COLUMNS; c++) {
      sums[c - 4u] = sums[c];
    }
  }
}
