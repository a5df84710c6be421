// Rung 6 of docs/ladder.md: Winograd convolution, the products. Each of the sixteen positions is a
// matrix product of [tiles x input channels] and [input channels x output channels]. For software
// adapters: registers are broadcast within the subgroup, as convolution/broadcast.wgsl explains. On
// llvmpipe, transforms included, it takes 0.46 of the time of broadcast.wgsl.
//
//   input    [16][tiles][inVectors]
//   filters  [16][4 * inVectors][outVectors]
//   output   [16][tiles][outVectors]

enable subgroups;

struct Sizes {
  tiles: u32,
  inVectors: u32,
  outVectors: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(3) var<uniform> sizes: Sizes;

// The number of rows whose input this lane loads: every LANES-th.
const OWN_ROWS = (ROWS + LANES - 1u) / LANES;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let firstTile = group.x * ROWS;
  let column = group.y * LANES + lane;

  var sources: array<u32, OWN_ROWS>;
  for (var own = 0u; own < OWN_ROWS; own++) {
    let tile = min(firstTile + own * LANES + lane, sizes.tiles - 1u);
    sources[own] = (group.z * sizes.tiles + tile) * sizes.inVectors;
  }
  var sums = array<vec4f, ROWS>();
  var filterPlace = group.z * 4u * sizes.inVectors * sizes.outVectors + min(column, sizes.outVectors - 1u);
  for (var vector = 0u; vector < sizes.inVectors; vector++) {
    var values: array<vec4f, OWN_ROWS>;
    for (var own = 0u; own < OWN_ROWS; own++) {
      values[own] = input[sources[own] + vector];
    }
    var block: mat4x4f; // four input channels to four output channels
    for (var i = 0u; i < 4u; i++) {
      block[i] = filters[filterPlace];
      filterPlace += sizes.outVectors;
    }
    for (var r = 0u; r < ROWS; r++) {
      sums[r] += block * subgroupShuffle(values[r / LANES], r % LANES);
    }
  }

  // One store in a loop, as in convolution/broadcast.wgsl.
  let end = min(firstTile + ROWS, sizes.tiles);
  for (var tile = firstTile; tile < end; tile++) {
    if (column < sizes.outVectors) {
      output[(group.z * sizes.tiles + tile) * sizes.outVectors + column] = sums[0];
    }
    for (var r = 1u; r < ROWS; r++) {
      sums[r - 1u] = sums[r];
    }
  }
}
