// The adjoint of a fixed filter: every pixel of the image gathers what the filter made of it, by the weights that it had there.
// A filter of ones whose stride is its side makes of each number a square of that number: an enlargement.
//
//   input    [samples][input rows][input width][vectors], as large as what the filter makes
//   output   [samples][output rows][output width][vectors]

#include core/band

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let place = placeOf(index);
  var sum = vec4f(0.0);
  for (var i = place.y % STRIDE; i < SIDE && i <= place.y; i += STRIDE) {
    let row = (place.y - i) / STRIDE;
    if (row >= band.inputHeight) {
      continue;
    }
    for (var j = place.x % STRIDE; j < SIDE && j <= place.x; j += STRIDE) {
      let column = (place.x - j) / STRIDE;
      if (column < band.inputWidth) {
        sum += WEIGHTS[i * SIDE + j] * input[inputAt(place.sample, row, column, place.channel)];
      }
    }
  }
  output[band.outputOffset + index] = sum;
}
