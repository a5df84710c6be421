// The adjoint of stencil.wgsl, which is its gradient with respect to the input: every pixel sums
// the filter outputs that read it, each with the weight that it was read with.
//
//   output[y, x] = sum over i, j of WEIGHTS[i, j] * input[(y - i) / STRIDE, (x - j) / STRIDE]
//
// where both indices are whole. With weights of 1 and STRIDE = SIDE it enlarges: every number
// becomes a square of SIDE x SIDE.
//
//   input    [samples][input rows][input width][vectors], the size of the filter's output
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
