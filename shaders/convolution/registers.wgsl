// Implicit GEMM in registers alone: the plainest of the fast ones, for any adapter.
//
// Each lane computes ROWS output pixels by COLUMNS vec4s of output channels. Four input channels of each pixel are
// loaded as one vec4, then multiplied with the four filter rows that belong to them: ROWS + 4 * COLUMNS loads for
// 16 * ROWS * COLUMNS multiply-adds. The caches do the rest: neighbouring lanes share pixels or channels.
//
//   input    [samples][rows][width][IN_VECTORS]            NHWC, vec4s of channels
//   filters  [KERNEL][KERNEL][4 * IN_VECTORS][OUT_VECTORS]
//   bias     [OUT_VECTORS]
//   output   [samples][rows][width][OUT_VECTORS]

#include geometry

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(4) var<uniform> band: Band;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  let tile = group.y * groups.x + group.x;
  let phaseIndex = group.z / COLUMN_GROUPS;
  let phase = vec2u(phaseIndex % PHASES, phaseIndex / PHASES);
  let firstPixel = (tile * GROUP_ROWS + lane.y) * ROWS;
  let firstColumn = ((group.z % COLUMN_GROUPS) * GROUP_COLUMNS + lane.x) * COLUMNS;

  var columns: array<u32, COLUMNS>;
  for (var c = 0u; c < COLUMNS; c++) {
    columns[c] = min(firstColumn + c, OUT_VECTORS - 1u);
  }
  var pixels: array<Pixel, ROWS>;
  var sums: array<array<vec4f, COLUMNS>, ROWS>;
  for (var r = 0u; r < ROWS; r++) {
    pixels[r] = pixelAt(firstPixel + r, phase, band);
    for (var c = 0u; c < COLUMNS; c++) {
      sums[r][c] = select(vec4f(0.0), bias[columns[c]], BIASED);
    }
  }

  for (var tapY = firstTap(phase.y); tapY < KERNEL; tapY += PHASES) {
    for (var tapX = firstTap(phase.x); tapX < KERNEL; tapX += PHASES) {
      var sources: array<u32, ROWS>;
      var weights: array<f32, ROWS>; // 0 on zero padding
      for (var r = 0u; r < ROWS; r++) {
        let source = inputPixel(pixels[r], tapY, tapX, band);
        sources[r] = band.inputOffset + u32(max(source, 0)) * IN_VECTORS;
        weights[r] = select(0.0, 1.0, source >= 0);
      }
      // A sum for each tap: short sums of sums round less than one long sum does.
      var tapSums = array<array<vec4f, COLUMNS>, ROWS>();
      var filterRow = (tapY * KERNEL + tapX) * 4u * IN_VECTORS * OUT_VECTORS;
      for (var k = 0u; k < IN_VECTORS; k++) {
        var values: array<vec4f, ROWS>;
        for (var r = 0u; r < ROWS; r++) {
          values[r] = input[sources[r] + k] * weights[r];
        }
        for (var i = 0u; i < 4u; i++) {
          for (var c = 0u; c < COLUMNS; c++) {
            let filterValues = filters[filterRow + columns[c]];
            for (var r = 0u; r < ROWS; r++) {
              tapSums[r][c] = fma(vec4f(values[r][i]), filterValues, tapSums[r][c]);
            }
          }
          filterRow += OUT_VECTORS;
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
      let place = band.outputOffset + outputPixel(pixels[r], band) * OUT_VECTORS;
      for (var c = 0u; c < COLUMNS; c++) {
        if (firstColumn + c < OUT_VECTORS) {
          output[place + firstColumn + c] = sums[r][c];
        }
      }
    }
  }
}
