// The gradient of a convolution with respect to its filters (see chunks.wgsl), with tiles in
// workgroup memory: for real GPUs.
//
// A workgroup computes TILE_ROWS vec4s of input channels by TILE_COLUMNS vec4s of output channels.
// For PIXELS pixels at a time, its lanes together load a tile of the input and a tile of the
// gradient once. Each lane then multiplies its ROWS x COLUMNS vec4s out of workgroup memory.
//
// TILE_ROWS and TILE_COLUMNS divide the number of lanes, so a lane always loads from the same row
// and column.

#include convolution/geometry
#include convolution/filter-gradient/chunks

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(3) var<uniform> part: Part;

const TILE_ROWS = GROUP_ROWS * ROWS;
const TILE_COLUMNS = GROUP_COLUMNS * COLUMNS;
const LANES = GROUP_ROWS * GROUP_COLUMNS;

var<workgroup> inputTile: array<array<vec4f, TILE_ROWS>, PIXELS>;
var<workgroup> gradientTile: array<array<vec4f, TILE_COLUMNS>, PIXELS>;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let band = part.band;
  let firstRow = group.x / band.columnGroups * TILE_ROWS;
  let firstColumn = group.x % band.columnGroups * TILE_COLUMNS;
  let loadedRow = rowAt(firstRow + index % TILE_ROWS, band);
  let loadedColumn = min(firstColumn + index % TILE_COLUMNS, band.outVectors - 1u);

  var sums = array<array<array<vec4f, COLUMNS>, 4>, ROWS>();
  let chunk = chunkAt(group.y, part);
  for (var y = chunk.firstLine; y < chunk.endLine; y++) {
    for (var x = 0u; x < band.outputWidth; x += PIXELS) {
      workgroupBarrier();
      for (var p = index / TILE_ROWS; p < PIXELS; p += LANES / TILE_ROWS) {
        let source = inputPixel(Pixel(chunk.sample, y, x + p, true), loadedRow.shiftY, loadedRow.shiftX, band);
        let place = band.inputOffset + u32(max(source, 0)) * band.inVectors + loadedRow.vector;
        inputTile[p][index % TILE_ROWS] = select(vec4f(0.0), input[place], source >= 0);
      }
      for (var p = index / TILE_COLUMNS; p < PIXELS; p += LANES / TILE_COLUMNS) {
        let pixel = Pixel(chunk.sample, y, min(x + p, band.outputWidth - 1u), true);
        let place = band.outputOffset + outputPixel(pixel, vec2u(0u), band) * band.outVectors + loadedColumn;
        gradientTile[p][index % TILE_COLUMNS] = select(vec4f(0.0), gradient[place], x + p < band.outputWidth);
      }
      workgroupBarrier();

      for (var p = 0u; p < PIXELS; p++) {
        var values: array<vec4f, ROWS>;
        for (var r = 0u; r < ROWS; r++) {
          values[r] = inputTile[p][lane.y + r * GROUP_ROWS];
        }
        for (var c = 0u; c < COLUMNS; c++) {
          let gradients = gradientTile[p][lane.x + c * GROUP_COLUMNS];
          for (var r = 0u; r < ROWS; r++) {
            for (var i = 0u; i < 4u; i++) {
              sums[r][i][c] = fma(vec4f(values[r][i]), gradients, sums[r][i][c]);
            }
          }
        }
      }
    }
  }

  for (var r = 0u; r < ROWS; r++) {
    let row = firstRow + lane.y + r * GROUP_ROWS;
    for (var c = 0u; c < COLUMNS; c++) {
      let column = firstColumn + lane.x + c * GROUP_COLUMNS;
      if (row < rowCount(band) && column < band.outVectors) {
        for (var i = 0u; i < 4u; i++) {
          let place = (group.y * rowCount(band) + row) * 4u + i;
          partial[place * band.outVectors + column] = withoutPadding(sums[r][i][c], 4u * row + i, column, part);
        }
      }
    }
  }
}
