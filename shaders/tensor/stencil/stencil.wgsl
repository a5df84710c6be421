// A fixed filter over an image without padding, with the same weights for every channel:
//
//   output[y, x] = sum over i, j of WEIGHTS[i, j] * input[y * STRIDE + i, x * STRIDE + j]
//
// With WEIGHTS = 1 / SIDE^2 and STRIDE = SIDE that is torch.nn.AvgPool2d.
//
//   input    [samples][input rows][input width][vectors]
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
  for (var i = 0u; i < SIDE; i++) {
    for (var j = 0u; j < SIDE; j++) {
      let seen = input[inputAt(place.sample, place.y * STRIDE + i, place.x * STRIDE + j, place.channel)];
      sum += WEIGHTS[i * SIDE + j] * seen;
    }
  }
  output[band.outputOffset + index] = sum;
}
