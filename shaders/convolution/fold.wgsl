// The adjoint of torch.nn.ReflectionPad2d: every pixel sums the values of the padded image at all
// positions that mirror it.
//
//   output[q] = sum of input[p] over all p whose mirror image is q
//
// Along each axis these are the pixel's own position and, within PADDING pixels of a border, the
// mirrored position beyond that border.
//
//   input    [samples][rows + 2 * padding][width + 2 * padding][vectors]
//   output   [samples][rows][width][vectors]

#include core/band

// The pixel's own position in the padded image and the mirrored ones before and after it; -1 where
// there is none.
fn places(position: u32, size: u32) -> vec3i {
  let own = i32(position + PADDING);
  let before = i32(PADDING) - i32(position);
  let after = 2 * (i32(size) - 1) - i32(position) + i32(PADDING);
  return vec3i(
    own,
    select(-1, before, position > 0u && before >= 0),
    select(-1, after, position < size - 1u && after < i32(size + 2u * PADDING)),
  );
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let place = placeOf(index);
  let ys = places(place.y, band.outputHeight);
  let xs = places(place.x, band.outputWidth);
  var sum = vec4f(0.0);
  for (var i = 0u; i < 3u; i++) {
    for (var j = 0u; j < 3u; j++) {
      if (ys[i] >= 0 && xs[j] >= 0) {
        sum += input[inputAt(place.sample, u32(ys[i]), u32(xs[j]), place.channel)];
      }
    }
  }
  output[band.outputOffset + index] = sum;
}
