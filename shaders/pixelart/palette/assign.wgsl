// k-means (Lloyd 1982), assignment: adds every point to the sums of its nearest centre. A workgroup
// sums CHUNK points in its own memory first, which has room for MOST_COLOURS.
//
//   points    [count]
//   centres   [colours]
//   clusters  [colours]

#include pixelart/palette/cluster

@group(0) @binding(0) var<storage, read> points: array<vec4u>;
@group(0) @binding(1) var<storage, read> centres: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> clusters: array<Cluster>;
@group(0) @binding(3) var<uniform> sizes: Sizes;

var<workgroup> sums: array<array<atomic<u32>, 4>, MOST_COLOURS>;

#include pixelart/palette/nearest

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let end = min((group.x + 1u) * CHUNK, sizes.points);
  for (var index = group.x * CHUNK + lane; index < end; index += LANES) {
    let point = points[index];
    if (visible(point)) {
      let k = nearestTo(point, sizes.colours).index;
      for (var i = 0u; i < 3u; i++) {
        atomicAdd(&sums[k][i], point[i]);
      }
      atomicAdd(&sums[k][3], 1u);
    }
  }
  workgroupBarrier();
  for (var k = lane; k < sizes.colours; k += LANES) {
    for (var i = 0u; i < 4u; i++) {
      atomicAdd(&clusters[k].sum[i], atomicLoad(&sums[k][i]));
    }
  }
}
