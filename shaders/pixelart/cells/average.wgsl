// The mean colour of a cell, rounded to bytes, with each pixel weighted by its alpha:
//
//   mean = sum of alpha * colour / sum of alpha
//
// This is how the cell looks from a distance. It may be a colour that no pixel has, so it is used
// to measure light and tint and is never shown.

@group(0) @binding(1) var<storage, read_write> cells: array<u32>;

#include pixelart/cells/colour
#include pixelart/cells/cell

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let cell = cellAt(index);
  var sum = vec3u(0u);
  var weight = 0u;
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = bytesOf(pixelAt(cell, x, y));
      let share = select(pixel.w, 1u, cell.seeThrough);
      sum += share * pixel.xyz;
      weight += share;
    }
  }
  let mean = (sum + vec3u(weight / 2u)) / weight;
  cells[band.cell + index] = mean.x | (mean.y << 8u) | (mean.z << 16u) | (alphaOf(cell) << 24u);
}
