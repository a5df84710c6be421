// multiply.wgsl for subgroups of four lanes, for SwiftShader, as convolution/quads.wgsl explains:
// the same tile and the same sums, without an array.
//
//   input    [16][tiles][inVectors]
//   filters  [16][4 * inVectors][outVectors]
//   output   [16][tiles][outVectors]

enable subgroups;

#include convolution/quad

struct Sizes {
  tiles: u32,
  inVectors: u32,
  outVectors: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(3) var<uniform> sizes: Sizes;

fn storeAt(tile: u32, position: u32, column: u32, sum: vec4f) {
  if (tile < sizes.tiles && column < sizes.outVectors) {
    output[(position * sizes.tiles + tile) * sizes.outVectors + column] = sum;
  }
}

fn store(sums: mat4x4f, first: u32, position: u32, column: u32) {
  storeAt(first, position, column, sums[0]);
  storeAt(first + 1u, position, column, sums[1]);
  storeAt(first + 2u, position, column, sums[2]);
  storeAt(first + 3u, position, column, sums[3]);
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile = group.x * 16u;
  let column = group.y * 4u + lane;
  let last = sizes.tiles - 1u;
  let sources = (group.z * sizes.tiles + min(vec4u(0u, 4u, 8u, 12u) + tile + lane, vec4u(last))) * sizes.inVectors;

  var sums0 = mat4x4f();
  var sums1 = mat4x4f();
  var sums2 = mat4x4f();
  var sums3 = mat4x4f();
  var row = group.z * 4u * sizes.inVectors * sizes.outVectors + min(column, sizes.outVectors - 1u);
  for (var vector = 0u; vector < sizes.inVectors; vector++) {
    // Four input channels to four output channels.
    let block = mat4x4f(
      filters[row],
      filters[row + sizes.outVectors],
      filters[row + 2u * sizes.outVectors],
      filters[row + 3u * sizes.outVectors],
    );
    row += 4u * sizes.outVectors;
    sums0 += block * quad(input[sources.x + vector]);
    sums1 += block * quad(input[sources.y + vector]);
    sums2 += block * quad(input[sources.z + vector]);
    sums3 += block * quad(input[sources.w + vector]);
  }

  store(sums0, tile, group.z, column);
  store(sums1, tile + 4u, group.z, column);
  store(sums2, tile + 8u, group.z, column);
  store(sums3, tile + 12u, group.z, column);
}
