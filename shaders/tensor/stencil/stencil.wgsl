// A fixed filter over an image: every number is a weighted sum of a square of the input, channel by channel with the same weights.
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
