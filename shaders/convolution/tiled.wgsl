// Rung 3 of docs/ladder.md: implicit GEMM with tiles in workgroup memory, for real GPUs.
//
// A workgroup computes TILE_ROWS output pixels by TILE_COLUMNS vec4s of output channels. For each
// tap, and DEPTH vec4s of input channels at a time, its lanes together load a tile of the input and
// a tile of the filters once. Each lane then multiplies its ROWS x COLUMNS part out of workgroup
// memory. So every loaded value is used 4 * TILE_COLUMNS times (input) or TILE_ROWS times
// (filters), a reuse that registers.wgsl leaves to the caches.
//
// At 8x1 the machine code allows at most 90 % of peak on RDNA2 and 64 % on RDNA3, which needs a
// larger tile. On llvmpipe it takes 1.4 times as long as registers.wgsl.
//
// Memory layouts: see registers.wgsl.

#include convolution/geometry
#include core/stored

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read> filters: array<Stored>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<Stored>;
@group(0) @binding(4) var<uniform> band: Band;

const TILE_ROWS = GROUP_ROWS * ROWS;
const TILE_COLUMNS = GROUP_COLUMNS * COLUMNS;
const LANES = GROUP_ROWS * GROUP_COLUMNS;

var<workgroup> inputTile: array<array<vec4f, TILE_ROWS>, DEPTH>;
var<workgroup> filterTile: array<array<vec4f, TILE_COLUMNS>, 4u * DEPTH>;
// The input pixel that each row of the tile reads at the current tap; -1 on zero padding.
var<workgroup> sources: array<i32, TILE_ROWS>;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let tile = group.y * groups.x + group.x;
  let phase = phaseAt(group.z / band.columnGroups, band);
  let tilePixel = tile * TILE_ROWS;
  let tileColumn = (group.z % band.columnGroups) * TILE_COLUMNS;

  var sums: array<array<vec4f, COLUMNS>, ROWS>;
  for (var c = 0u; c < COLUMNS; c++) {
    let column = min(tileColumn + lane.x + c * GROUP_COLUMNS, band.outVectors - 1u);
    let start = select(vec4f(0.0), bias[column], band.biased > 0u);
    for (var r = 0u; r < ROWS; r++) {
      sums[r][c] = start;
    }
  }

  for (var tapY = firstTap(phase.y, band); tapY < band.kernel; tapY += band.phases) {
    let shiftY = shiftOf(tapY, phase.y, band);
    for (var tapX = firstTap(phase.x, band); tapX < band.kernel; tapX += band.phases) {
      let shiftX = shiftOf(tapX, phase.x, band);
      workgroupBarrier();
      for (var row = index; row < TILE_ROWS; row += LANES) {
        sources[row] = inputPixel(pixelAt(tilePixel + row, phase, band), shiftY, shiftX, band);
      }
      // A sum for each tap: separate short sums round less than one long sum.
      var tapSums = array<array<vec4f, COLUMNS>, ROWS>();
      let tapFilters = (tapY * band.kernel + tapX) * 4u * band.inVectors;

      for (var depth = 0u; depth < band.inVectors; depth += DEPTH) {
        workgroupBarrier();
        for (var i = index; i < TILE_ROWS * DEPTH; i += LANES) {
          let k = i % DEPTH;
          let row = i / DEPTH;
          let source = sources[row];
          let present = source >= 0 && depth + k < band.inVectors;
          let place = band.inputOffset + u32(max(source, 0)) * band.inVectors + min(depth + k, band.inVectors - 1u);
          inputTile[k][row] = select(vec4f(0.0), loaded(input[place]), present);
        }
        for (var i = index; i < TILE_COLUMNS * 4u * DEPTH; i += LANES) {
          let column = i % TILE_COLUMNS;
          let k = i / TILE_COLUMNS;
          let filterRow = min(4u * depth + k, 4u * band.inVectors - 1u);
          let place = (tapFilters + filterRow) * band.outVectors + min(tileColumn + column, band.outVectors - 1u);
          filterTile[k][column] = loaded(filters[place]);
        }
        workgroupBarrier();

        for (var k = 0u; k < DEPTH; k++) {
          var values: array<vec4f, ROWS>;
          for (var r = 0u; r < ROWS; r++) {
            values[r] = inputTile[k][lane.y + r * GROUP_ROWS];
          }
          for (var c = 0u; c < COLUMNS; c++) {
            let column = lane.x + c * GROUP_COLUMNS;
            let filters0 = filterTile[4u * k][column];
            let filters1 = filterTile[4u * k + 1u][column];
            let filters2 = filterTile[4u * k + 2u][column];
            let filters3 = filterTile[4u * k + 3u][column];
            for (var r = 0u; r < ROWS; r++) {
              var sum = fma(vec4f(values[r].x), filters0, tapSums[r][c]);
              sum = fma(vec4f(values[r].y), filters1, sum);
              sum = fma(vec4f(values[r].z), filters2, sum);
              tapSums[r][c] = fma(vec4f(values[r].w), filters3, sum);
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
    let pixel = pixelAt(tilePixel + lane.y + r * GROUP_ROWS, phase, band);
    if (pixel.inside) {
      for (var c = 0u; c < COLUMNS; c++) {
        let column = tileColumn + lane.x + c * GROUP_COLUMNS;
        if (column < band.outVectors) {
          output[band.outputOffset + outputPixel(pixel, phase, band) * band.outVectors + column] = stored(sums[r][c]);
        }
      }
    }
  }
}
