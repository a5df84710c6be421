// A cell takes that colour of its pixels which lies nearest to the median of each channel. The medians themselves, put
// together, might be a colour that is nowhere in the cell.

#include cell

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let cell = cellAt(index);
  let median = medians(cell);
  var nearest = 0xffffffffu;
  var chosen = 0u;
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = pixels[cell.first + y * band.rowLength + x];
      let away = distance(bytesOf(pixel), median);
      if (votes(cell, pixel) && (away < nearest || (away == nearest && darker(pixel, chosen)))) {
        nearest = away;
        chosen = pixel;
      }
    }
  }
  cells[band.cell + index] = withAlpha(chosen, median.w);
}
