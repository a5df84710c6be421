// Rung 4 of docs/ladder.md: tiled.wgsl with the next tile prefetched while this one is multiplied
// (double buffering through registers).
//
// In tiled.wgsl every step waits for memory, then multiplies, then waits again. Only other
// workgroups can fill the gap, and a large tile leaves registers for few of them. Here each lane
// loads its part of the next tile into registers before it multiplies the current one, and stores
// it to workgroup memory afterwards: the load has all of the multiplications to complete in. The
// loops over a lane's loads have a constant length, so the compiler issues all of the loads at
// once.
//
// At 8x2 the machine code allows at most 96 % of peak on RDNA2 and 92 % on RDNA3, not counting what
// the overlap itself gains. It has not been timed on a GPU, so no adapter uses it yet.
//
// The prefetch needs registers, which leaves none for a separate sum per tap. One sum over all taps
// rounds more: 8.6e-7 of the norm for 256 to 64 channels, against 3.0e-7 with a sum per tap.
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
// Loads per lane and tile. The table of variants has only tiles that divide evenly among the lanes.
const INPUT_LOADS = TILE_ROWS * DEPTH / LANES;
const FILTER_LOADS = TILE_COLUMNS * 4u * DEPTH / LANES;

var<workgroup> inputTile: array<array<vec4f, TILE_ROWS>, DEPTH>;
var<workgroup> filterTile: array<array<vec4f, TILE_COLUMNS>, 4u * DEPTH>;

struct Part {
  input: array<vec4f, INPUT_LOADS>,
  filters: array<vec4f, FILTER_LOADS>,
}

// A lane's part of the tile that begins at `depth`. `sources` holds its input pixels, -1 on zero
// padding.
fn load(index: u32, depth: u32, sources: array<i32, INPUT_LOADS>, tapFilters: u32, tileColumn: u32, band: Band) -> Part {
  var part: Part;
  for (var n = 0u; n < INPUT_LOADS; n++) {
    let vector = depth + (index + n * LANES) % DEPTH;
    let present = sources[n] >= 0 && vector < band.inVectors;
    let place = band.inputOffset + u32(max(sources[n], 0)) * band.inVectors + min(vector, band.inVectors - 1u);
    part.input[n] = select(vec4f(0.0), loaded(input[place]), present);
  }
  for (var n = 0u; n < FILTER_LOADS; n++) {
    let i = index + n * LANES;
    let row = tapFilters + min(4u * depth + i / TILE_COLUMNS, 4u * band.inVectors - 1u);
    part.filters[n] = loaded(filters[row * band.outVectors + min(tileColumn + i % TILE_COLUMNS, band.outVectors - 1u)]);
  }
  return part;
}

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

  var pixels: array<Pixel, INPUT_LOADS>; // those that this lane loads
  for (var n = 0u; n < INPUT_LOADS; n++) {
    pixels[n] = pixelAt(tilePixel + (index + n * LANES) / DEPTH, phase, band);
  }
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
      var sources: array<i32, INPUT_LOADS>;
      for (var n = 0u; n < INPUT_LOADS; n++) {
        sources[n] = inputPixel(pixels[n], shiftY, shiftX, band);
      }
      let tapFilters = (tapY * band.kernel + tapX) * 4u * band.inVectors;
      var next = load(index, 0u, sources, tapFilters, tileColumn, band);

      for (var depth = 0u; depth < band.inVectors; depth += DEPTH) {
        workgroupBarrier(); // every lane has read the previous tile
        for (var n = 0u; n < INPUT_LOADS; n++) {
          let i = index + n * LANES;
          inputTile[i % DEPTH][i / DEPTH] = next.input[n];
        }
        for (var n = 0u; n < FILTER_LOADS; n++) {
          let i = index + n * LANES;
          filterTile[i / TILE_COLUMNS][i % TILE_COLUMNS] = next.filters[n];
        }
        workgroupBarrier();
        // The last load of each tap is wasted, which costs less than a branch.
        next = load(index, depth + DEPTH, sources, tapFilters, tileColumn, band);

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
              var sum = fma(vec4f(values[r].x), filters0, sums[r][c]);
              sum = fma(vec4f(values[r].y), filters1, sum);
              sum = fma(vec4f(values[r].z), filters2, sum);
              sums[r][c] = fma(vec4f(values[r].w), filters3, sum);
            }
          }
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
