// Rungs 1 and 2 of docs/ladder.md: implicit GEMM in registers alone, the plainest of the fast
// variants, for any adapter.
//
// Each lane computes ROWS output pixels by COLUMNS vec4s of output channels. It loads four input
// channels of each pixel as one vec4 and multiplies them with the four filter rows that belong to
// them: ROWS + 4 * COLUMNS loads for 16 * ROWS * COLUMNS multiply-adds. Neighbouring lanes share
// pixels or channels, so the caches serve most of those loads.
//
// On llvmpipe a 1x1 tile takes 0.30 of the naive kernel's time, and 4x1 takes 0.51 of that. At 4x1
// the machine code allows at most 63 % of peak on RDNA2 and 50 % on RDNA3.
//
//   input    [samples][rows][width][inVectors]            NHWC, vec4s of channels
//   filters  [kernel][kernel][4 * inVectors][outVectors]
//   bias     [outVectors]
//   output   [samples][rows][width][outVectors]

#include convolution/geometry
#include core/stored

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read> filters: array<Stored>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<Stored>;
@group(0) @binding(4) var<uniform> band: Band;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  let tile = group.y * groups.x + group.x;
  let phase = phaseAt(group.z / band.columnGroups, band);
  let firstPixel = (tile * GROUP_ROWS + lane.y) * ROWS;
  let firstColumn = ((group.z % band.columnGroups) * GROUP_COLUMNS + lane.x) * COLUMNS;

  var columns: array<u32, COLUMNS>;
  for (var c = 0u; c < COLUMNS; c++) {
    columns[c] = min(firstColumn + c, band.outVectors - 1u);
  }
  var pixels: array<Pixel, ROWS>;
  var sums: array<array<vec4f, COLUMNS>, ROWS>;
  for (var r = 0u; r < ROWS; r++) {
    pixels[r] = pixelAt(firstPixel + r, phase, band);
    for (var c = 0u; c < COLUMNS; c++) {
      sums[r][c] = select(vec4f(0.0), bias[columns[c]], band.biased > 0u);
    }
  }

  for (var tapY = firstTap(phase.y, band); tapY < band.kernel; tapY += band.phases) {
    let shiftY = shiftOf(tapY, phase.y, band);
    for (var tapX = firstTap(phase.x, band); tapX < band.kernel; tapX += band.phases) {
      let shiftX = shiftOf(tapX, phase.x, band);
      var sources: array<u32, ROWS>;
      var weights: array<f32, ROWS>; // 0 on zero padding
      for (var r = 0u; r < ROWS; r++) {
        let source = inputPixel(pixels[r], shiftY, shiftX, band);
        sources[r] = band.inputOffset + u32(max(source, 0)) * band.inVectors;
        weights[r] = select(0.0, 1.0, source >= 0);
      }
      // A sum for each tap: separate short sums round less than one long sum.
      var tapSums = array<array<vec4f, COLUMNS>, ROWS>();
      var filterRow = (tapY * band.kernel + tapX) * 4u * band.inVectors * band.outVectors;
      for (var k = 0u; k < band.inVectors; k++) {
        var values: array<vec4f, ROWS>;
        for (var r = 0u; r < ROWS; r++) {
          values[r] = loaded(input[sources[r] + k]) * weights[r];
        }
        for (var i = 0u; i < 4u; i++) {
          for (var c = 0u; c < COLUMNS; c++) {
            let filterValues = loaded(filters[filterRow + columns[c]]);
            for (var r = 0u; r < ROWS; r++) {
              tapSums[r][c] = fma(vec4f(values[r][i]), filterValues, tapSums[r][c]);
            }
          }
          filterRow += band.outVectors;
        }
      }
      for (var r = 0u; r < ROWS; r++) {
        for (var c = 0u; c < COLUMNS; c++) {
          sums[r][c] += tapSums[r][c];
        }
      }
    }
  }

  for (var r = 0u; r < ROWS; r++) {
    if (pixels[r].inside) {
      let place = band.outputOffset + outputPixel(pixels[r], phase, band) * band.outVectors;
      for (var c = 0u; c < COLUMNS; c++) {
        if (firstColumn + c < band.outVectors) {
          output[place + firstColumn + c] = stored(sums[r][c]);
        }
      }
    }
  }
}
