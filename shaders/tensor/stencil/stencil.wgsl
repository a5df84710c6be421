// A fixed filter over an image: every number is a weighted sum of a square of the input, channel by channel with the same weights.
//
//   input    [samples][input rows][input width][vectors]
//   output   [samples][output rows][output width][vectors]

#include tensor/stencil/band

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let channel = index % band.vectors;
  let x = index / band.vectors % band.outputWidth;
  let line = index / (band.vectors * band.outputWidth);
  let sample = line / band.outputRows;
  let y = band.outputRow + line % band.outputRows;

  var sum = vec4f(0.0);
  for (var i = 0u; i < SIDE; i++) {
    let row = sample * band.inputRows + y * STRIDE + i - band.inputRow;
    for (var j = 0u; j < SIDE; j++) {
      let place = (row * band.inputWidth + x * STRIDE + j) * band.vectors + channel;
      sum += WEIGHTS[i * SIDE + j] * input[band.inputOffset + place];
    }
  }
  output[band.outputOffset + index] = sum;
}
