// Implicit GEMM for software adapters: no workgroup memory, one subgroup a workgroup.
//
// Rows of the tile are output pixels, columns are output channels, the sum runs over taps and input channels.
// On llvmpipe a load of a vec4 costs as much as fifty multiply-adds, whether or not all lanes read the same place, while
// handing a register from one lane to the others costs one. So each lane loads another vec4 of input channels of every row
// of the tile, and the lanes take turns in showing theirs to all.
//
//   input    [samples][rows][width][inVectors]            NHWC, vec4s of channels
//   filters  [kernel][kernel][4 * inVectors][outVectors]
//   bias     [outVectors]
//   output   [samples][rows][width][outVectors]
//
// LANES is the subgroup's size.

enable subgroups;

#include geometry

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(4) var<uniform> band: Band;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let phase = phaseAt(group.z / band.columnGroups, band);
  let firstPixel = tile * ROWS;
  let firstColumn = (group.z % band.columnGroups) * LANES * COLUMNS + lane;

  var columns: array<u32, COLUMNS>;
  for (var c = 0u; c < COLUMNS; c++) {
    columns[c] = min(firstColumn + c * LANES, band.outVectors - 1u);
  }
  // A division takes long: one lane works out one pixel's place, for all.
  var pixels: array<Pixel, ROWS>;
  var own: Pixel;
  for (var r = 0u; r < ROWS; r++) {
    if (r % LANES == 0u) {
      own = pixelAt(firstPixel + r + lane, phase, band);
    }
    pixels[r].sample = subgroupShuffle(own.sample, r % LANES);
    pixels[r].y = subgroupShuffle(own.y, r % LANES);
    pixels[r].x = subgroupShuffle(own.x, r % LANES);
    pixels[r].inside = subgroupShuffle(u32(own.inside), r % LANES) > 0u;
  }
  var sums: array<array<vec4f, COLUMNS>, ROWS>;
  for (var c = 0u; c < COLUMNS; c++) {
    let start = select(vec4f(0.0), bias[columns[c]], band.biased > 0u);
    for (var r = 0u; r < ROWS; r++) {
      sums[r][c] = start;
    }
  }

  // Where a tap has fewer vec4s of channels than there are lanes, the lanes load of several taps of a row at once.
  let taps = select(1u, clamp(LANES / band.inVectors, 1u, band.kernel), band.phases == 1u);
  let laneTap = min(lane / band.inVectors, taps - 1u);
  let laneVector = lane % min(band.inVectors, LANES);
  for (var tapY = firstTap(phase.y, band); tapY < band.kernel; tapY += band.phases) {
    let shiftY = shiftOf(tapY, phase.y, band);
    for (var tapX = firstTap(phase.x, band); tapX < band.kernel; tapX += taps * band.phases) {
      let shiftX = shiftOf(tapX + laneTap * band.phases, phase.x, band);
      var sources: array<u32, ROWS>;
      var weights: array<f32, ROWS>; // 0 on zero padding
      for (var r = 0u; r < ROWS; r++) {
        let source = inputPixel(pixels[r], shiftY, shiftX, band);
        sources[r] = band.inputOffset + u32(max(source, 0)) * band.inVectors + laneVector;
        weights[r] = select(0.0, 1.0, source >= 0);
      }
      // Short sums of sums round less than one long sum does.
      var tapSums = array<array<vec4f, COLUMNS>, ROWS>();
      let vectorsInAll = min(taps, band.kernel - tapX) * band.inVectors;
      var filterRow = (tapY * band.kernel + tapX) * 4u * band.inVectors * band.outVectors;
      for (var vector = 0u; vector < vectorsInAll; vector += LANES) {
        var values: array<vec4f, ROWS>;
        for (var r = 0u; r < ROWS; r++) {
          values[r] = input[sources[r] + vector] * weights[r];
        }
        let turns = min(LANES, vectorsInAll - vector);
        for (var turn = 0u; turn < turns; turn++) {
          var filterValues: array<array<vec4f, COLUMNS>, 4>;
          for (var i = 0u; i < 4u; i++) {
            for (var c = 0u; c < COLUMNS; c++) {
              filterValues[i][c] = filters[filterRow + columns[c]];
            }
            filterRow += band.outVectors;
          }
          for (var r = 0u; r < ROWS; r++) {
            let shown = subgroupShuffle(values[r], turn);
            for (var c = 0u; c < COLUMNS; c++) {
              for (var i = 0u; i < 4u; i++) {
                tapSums[r][c] = fma(vec4f(shown[i]), filterValues[i][c], tapSums[r][c]);
              }
            }
          }
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
        let column = firstColumn + c * LANES;
        if (column < band.outVectors) {
          output[place + column] = sums[r][c];
        }
      }
    }
  }
}
