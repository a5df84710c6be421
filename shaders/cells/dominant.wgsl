// A cell takes the colour around which most of its pixels gather: the one where a kernel density estimate of its colours
// is highest. Every pixel adds max(0, REACH - distance²) to a colour (Epanechnikov's kernel, the one behind mean shift),
// so shades of one colour count together, wherever they lie, and no border of a bucket can part them. Only CANDIDATES
// pixels, spread over the cell, are tried: a colour that dominates is among them.

#include cell

fn density(cell: Cell, colour: vec4u) -> u32 {
  var sum = 0u;
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = pixels[cell.first + y * band.rowLength + x];
      let near = REACH - min(REACH, distance(bytesOf(pixel), colour));
      sum += select(0u, near, votes(cell, pixel));
    }
  }
  return sum;
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let cell = cellAt(index);
  // Odd, so that candidates do not line up in one column.
  let step = ((cell.voters - 1u) / CANDIDATES + 1u) | 1u;
  var voter = 0u;
  var highest = 0u;
  var chosen = 0u;
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = pixels[cell.first + y * band.rowLength + x];
      if (!votes(cell, pixel)) {
        continue;
      }
      if (voter % step == 0u) {
        let here = density(cell, bytesOf(pixel));
        if (here > highest || (here == highest && darker(pixel, chosen))) {
          highest = here;
          chosen = pixel;
        }
      }
      voter++;
    }
  }
  cells[band.cell + index] = withAlpha(chosen, medians(cell).w);
}
