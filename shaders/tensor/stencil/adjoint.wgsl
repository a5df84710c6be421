// The way back through a fixed filter: every pixel of the image gathers what the filter made of it, by the weights that it had there.
// A filter of ones whose stride is its side makes of each number a square of that number: an enlargement.
//
//   input    [samples][input rows][input width][vectors], as large as what the filter makes
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
  for (var i = y % STRIDE; i < SIDE && i <= y; i += STRIDE) {
    let row = (y - i) / STRIDE;
    if (row >= band.inputHeight) {
      continue;
    }
    for (var j = x % STRIDE; j < SIDE && j <= x; j += STRIDE) {
      let column = (x - j) / STRIDE;
      if (column < band.inputWidth) {
        let line = sample * band.inputRows + row - band.inputRow;
        let place = (line * band.inputWidth + column) * band.vectors + channel;
        sum += WEIGHTS[i * SIDE + j] * input[band.inputOffset + place];
      }
    }
  }
  output[band.outputOffset + index] = sum;
}
