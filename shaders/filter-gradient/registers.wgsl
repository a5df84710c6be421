// The gradient of a convolution by its filters, in registers alone.
//
//   output[tap][i][o] = sum over pixels of input[pixel at tap][i] * gradient[pixel][o]
//
// A matrix product again, with rows of input channels, columns of output channels, and the sum over pixels. Each lane
// computes ROWS vec4s of input channels by COLUMNS vec4s of output channels of one tap, over the pixels of one chunk.
//
//   input     [samples][rows][width][IN_VECTORS]         NHWC, vec4s of channels
//   gradient  [samples][rows][width][OUT_VECTORS]
//   partial   [chunks][KERNEL][KERNEL][4 * IN_VECTORS][OUT_VECTORS]

#include geometry
#include chunks

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(3) var<uniform> part: Part;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let firstColumn = (group.x % COLUMN_GROUPS * GROUP_COLUMNS + lane.x) * COLUMNS;
  let firstRow = (group.x / COLUMN_GROUPS * GROUP_ROWS + lane.y) * ROWS;
  let tapY = group.y / KERNEL;
  let tapX = group.y % KERNEL;
  let chunk = chunkAt(group.z, part);
  let place = (group.z * KERNEL * KERNEL + group.y) * 4u * IN_VECTORS * OUT_VECTORS;

  var columns: array<u32, COLUMNS>;
  for (var c = 0u; c < COLUMNS; c++) {
    columns[c] = min(firstColumn + c, OUT_VECTORS - 1u);
  }
  var rows: array<u32, ROWS>;
  var sums: array<array<array<vec4f, COLUMNS>, 4>, ROWS>;
  for (var r = 0u; r < ROWS; r++) {
    rows[r] = min(firstRow + r, IN_VECTORS - 1u);
    for (var i = 0u; i < 4u; i++) {
      for (var c = 0u; c < COLUMNS; c++) {
        sums[r][i][c] = select(vec4f(0.0), partial[place + (4u * rows[r] + i) * OUT_VECTORS + columns[c]], part.continued > 0u);
      }
    }
  }

  for (var y = chunk.firstRow; y < chunk.endRow; y++) {
    // A sum for each row of pixels: short sums of sums round less than one long sum does.
    var rowSums = array<array<array<vec4f, COLUMNS>, 4>, ROWS>();
    for (var x = 0u; x < part.band.outputWidth; x++) {
      let pixel = Pixel(chunk.sample, y, x, true);
      let source = inputPixel(pixel, tapY, tapX, part.band);
      if (source >= 0) {
        let gradientPlace = part.band.outputOffset + outputPixel(pixel, part.band) * OUT_VECTORS;
        let inputPlace = part.band.inputOffset + u32(source) * IN_VECTORS;
        var gradients: array<vec4f, COLUMNS>;
        for (var c = 0u; c < COLUMNS; c++) {
          gradients[c] = gradient[gradientPlace + columns[c]];
        }
        for (var r = 0u; r < ROWS; r++) {
          let values = input[inputPlace + rows[r]];
          for (var i = 0u; i < 4u; i++) {
            for (var c = 0u; c < COLUMNS; c++) {
              rowSums[r][i][c] = fma(vec4f(values[i]), gradients[c], rowSums[r][i][c]);
            }
          }
        }
      }
    }
    for (var r = 0u; r < ROWS; r++) {
      for (var i = 0u; i < 4u; i++) {
        for (var c = 0u; c < COLUMNS; c++) {
          sums[r][i][c] += rowSums[r][i][c];
        }
      }
    }
  }

  for (var r = 0u; r < ROWS; r++) {
    for (var i = 0u; i < 4u; i++) {
      for (var c = 0u; c < COLUMNS; c++) {
        if (firstRow + r < IN_VECTORS && firstColumn + c < OUT_VECTORS) {
          // What images hold in their padding is nothing; in filters it is zero.
          let real = realChannels(columns[c], OUT_CHANNELS) & vec4<bool>(realChannels(rows[r], IN_CHANNELS)[i]);
          partial[place + (4u * rows[r] + i) * OUT_VECTORS + columns[c]] = select(vec4f(0.0), sums[r][i][c], real);
        }
      }
    }
  }
}
