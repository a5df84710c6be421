// Rung 5 of docs/ladder.md: implicit GEMM for software adapters, without workgroup memory, one
// subgroup per workgroup.
//
// The rows of the tile are output pixels, its columns output channels, and the sum runs over taps
// and input channels. On llvmpipe, loading a vec4 costs as much as fifty multiply-adds, whether or
// not all lanes read the same address. Broadcasting one lane's register to the others costs one
// multiply-add, and nothing if the source lane is a constant. So each lane loads a vec4 of input
// channels for different pixels of the tile, and the lanes take turns broadcasting theirs. On
// llvmpipe that takes 0.34 of the time of registers.wgsl at 4x1.
//
//   input    [samples][rows][width][inVectors]            NHWC, vec4s of channels
//   filters  [kernel][kernel][4 * inVectors][outVectors]
//   bias     [outVectors]
//   output   [samples][rows][width][outVectors]
//
// LANES is the subgroup size.

enable subgroups;

#include convolution/geometry
#include core/stored

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read> filters: array<Stored>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<Stored>;
@group(0) @binding(4) var<uniform> band: Band;

// The number of rows whose input this lane loads: every LANES-th.
const OWN_ROWS = (ROWS + LANES - 1u) / LANES;

// The place of a pixel that is not in the output.
const OUTSIDE = 0xffffffffu;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let phase = phaseAt(group.z / band.columnGroups, band);
  let firstColumn = (group.z % band.columnGroups) * LANES * COLUMNS + lane;

  var columns: array<u32, COLUMNS>;
  for (var c = 0u; c < COLUMNS; c++) {
    columns[c] = min(firstColumn + c * LANES, band.outVectors - 1u);
  }
  var pixels: array<Pixel, OWN_ROWS>;
  for (var own = 0u; own < OWN_ROWS; own++) {
    pixels[own] = pixelAt(tile * ROWS + own * LANES + lane, phase, band);
  }
  var sums: array<array<vec4f, COLUMNS>, ROWS>;
  for (var c = 0u; c < COLUMNS; c++) {
    let start = select(vec4f(0.0), bias[columns[c]], band.biased > 0u);
    for (var r = 0u; r < ROWS; r++) {
      sums[r][c] = start;
    }
  }

  for (var tapY = firstTap(phase.y, band); tapY < band.kernel; tapY += band.phases) {
    let shiftY = shiftOf(tapY, phase.y, band);
    for (var tapX = firstTap(phase.x, band); tapX < band.kernel; tapX += band.phases) {
      let shiftX = shiftOf(tapX, phase.x, band);
      var sources: array<u32, OWN_ROWS>;
      var weights: array<f32, OWN_ROWS>; // 0 on zero padding
      for (var own = 0u; own < OWN_ROWS; own++) {
        let source = inputPixel(pixels[own], shiftY, shiftX, band);
        sources[own] = band.inputOffset + u32(max(source, 0)) * band.inVectors;
        weights[own] = select(0.0, 1.0, source >= 0);
      }
      // A separate sum per tap: short sums round less than one long sum.
      var tapSums = array<array<vec4f, COLUMNS>, ROWS>();
      var filterRow = (tapY * band.kernel + tapX) * 4u * band.inVectors * band.outVectors;
      for (var vector = 0u; vector < band.inVectors; vector++) {
        var values: array<vec4f, OWN_ROWS>;
        for (var own = 0u; own < OWN_ROWS; own++) {
          values[own] = loaded(input[sources[own] + vector]) * weights[own];
        }
        var blocks: array<mat4x4f, COLUMNS>; // four input channels to four output channels each
        for (var i = 0u; i < 4u; i++) {
          for (var c = 0u; c < COLUMNS; c++) {
            blocks[c][i] = loaded(filters[filterRow + columns[c]]);
          }
          filterRow += band.outVectors;
        }
        for (var r = 0u; r < ROWS; r++) {
          let shown = subgroupShuffle(values[r / LANES], r % LANES);
          for (var c = 0u; c < COLUMNS; c++) {
            tapSums[r][c] += blocks[c] * shown;
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

  var places: array<u32, OWN_ROWS>;
  for (var own = 0u; own < OWN_ROWS; own++) {
    let place = band.outputOffset + outputPixel(pixels[own], phase, band) * band.outVectors;
    places[own] = select(OUTSIDE, place, pixels[own].inside);
  }
  // The number of rounds is unknown to the compiler, so this stays one loop with one store, which
  // llvmpipe takes half a second less to compile. Sums and places move up after each row: no array
  // has a computed index.
  let first = tile * ROWS;
  let end = min(first + ROWS, pixelsOfPhase(band));
  for (var index = first; index < end; index++) {
    let owner = (index - first) % LANES;
    let place = subgroupShuffle(places[0], owner);
    for (var c = 0u; c < COLUMNS; c++) {
      let column = firstColumn + c * LANES;
      if (place != OUTSIDE && column < band.outVectors) {
        output[place + column] = stored(sums[0][c]);
      }
    }
    for (var r = 1u; r < ROWS; r++) {
      sums[r - 1u] = sums[r];
    }
    if (owner == LANES - 1u) {
      for (var own = 1u; own < OWN_ROWS; own++) {
        places[own - 1u] = places[own];
      }
    }
  }
}
