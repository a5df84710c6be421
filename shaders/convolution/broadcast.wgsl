// Implicit GEMM for software adapters: no workgroup memory, one subgroup a workgroup.
//
// Rows of the tile are output pixels, columns are output channels, the sum runs over taps and input channels.
// On llvmpipe a load costs some fifty instructions a lane, whether or not all lanes read the same place, while handing a
// register from one lane to the others costs one. So each lane loads one input channel of every row of the tile, and the
// lanes take turns in showing theirs to all.
//
//   input    [samples][rows][width][IN_CHANNELS]          NHWC, channels padded to 4
//   filters  [KERNEL][KERNEL][IN_CHANNELS][OUT_CHANNELS]
//   bias     [OUT_CHANNELS]
//   output   [samples][rows][width][OUT_CHANNELS]
//
// LANES is the subgroup's size; STEP, 4 or 8, is how many input channels are loaded at once.

enable subgroups;

#include geometry

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read> filters: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<uniform> band: Band;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let phaseIndex = group.z / COLUMN_GROUPS;
  let phase = vec2u(phaseIndex % PHASES, phaseIndex / PHASES);
  let firstPixel = tile * ROWS;
  let firstColumn = (group.z % COLUMN_GROUPS) * LANES * COLUMNS + lane;

  var columns: array<u32, COLUMNS>;
  for (var c = 0u; c < COLUMNS; c++) {
    columns[c] = min(firstColumn + c * LANES, OUT_CHANNELS - 1u);
  }
  var pixels: array<Pixel, ROWS>;
  var sums: array<array<f32, COLUMNS>, ROWS>;
  for (var r = 0u; r < ROWS; r++) {
    pixels[r] = pixelAt(firstPixel + r, phase, band);
    for (var c = 0u; c < COLUMNS; c++) {
      sums[r][c] = select(0.0, bias[columns[c]], BIASED);
    }
  }

  for (var tapY = firstTap(phase.y); tapY < KERNEL; tapY += PHASES) {
    for (var tapX = firstTap(phase.x); tapX < KERNEL; tapX += PHASES) {
      var sources: array<u32, ROWS>;
      var weights: array<f32, ROWS>; // 0 on zero padding
      for (var r = 0u; r < ROWS; r++) {
        let source = inputPixel(pixels[r], tapY, tapX, band);
        sources[r] = 4u * band.inputOffset + u32(max(source, 0)) * IN_CHANNELS + lane % STEP;
        weights[r] = select(0.0, 1.0, source >= 0);
      }
      // A sum for each tap: short sums of sums round less than one long sum does.
      var tapSums = array<array<f32, COLUMNS>, ROWS>();
      var filterRow = (tapY * KERNEL + tapX) * IN_CHANNELS * OUT_CHANNELS;
      for (var channel = 0u; channel < IN_CHANNELS; channel += STEP) {
        var values: array<f32, ROWS>;
        for (var r = 0u; r < ROWS; r++) {
          values[r] = input[sources[r] + channel] * weights[r];
        }
        // As many turns as STEP; a compiler that knew would unroll them, into code that is slower and takes longer to compile.
        for (var turn = 0u; turn < band.turns; turn++) {
          var filterValues: array<f32, COLUMNS>;
          for (var c = 0u; c < COLUMNS; c++) {
            filterValues[c] = filters[filterRow + columns[c]];
          }
          for (var r = 0u; r < ROWS; r++) {
            let shown = subgroupShuffle(values[r], turn);
            for (var c = 0u; c < COLUMNS; c++) {
              tapSums[r][c] = fma(shown, filterValues[c], tapSums[r][c]);
            }
          }
          filterRow += OUT_CHANNELS;
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
      let place = 4u * band.outputOffset + outputPixel(pixels[r], band) * OUT_CHANNELS;
      for (var c = 0u; c < COLUMNS; c++) {
        let column = firstColumn + c * LANES;
        if (column < OUT_CHANNELS) {
          output[place + column] = sums[r][c];
        }
      }
    }
  }
}
