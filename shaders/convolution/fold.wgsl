// The adjoint of reflection padding: every pixel gathers what the padded image has at the places that read it. Along each
// axis these are its own place and, within `padding` pixels of a border, the mirrored one beyond that border.
//
//   input    [samples][rows + 2 * padding][width + 2 * padding][vectors]
//   output   [samples][rows][width][vectors]

struct Fold {
  count: u32, // vec4s of the output that are bound
  height: u32,
  width: u32,
  outputRow: u32,   // the first row of the output that is bound
  outputRows: u32,
  inputRow: u32,    // the first row of the input that is bound
  inputRows: u32,
  inputOffset: u32, // in vec4s
  outputOffset: u32,
  vectors: u32, // of channels
  padding: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> fold: Fold;

// The places in the padded image, the pixel's own and the mirrored ones beyond either border; -1 where there is none.
fn places(position: u32, size: u32) -> vec3i {
  let own = i32(position + fold.padding);
  let before = i32(fold.padding) - i32(position);
  let after = 2 * (i32(size) - 1) - i32(position) + i32(fold.padding);
  return vec3i(
    own,
    select(-1, before, position > 0u && before >= 0),
    select(-1, after, position < size - 1u && after < i32(size + 2u * fold.padding)),
  );
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= fold.count) {
    return;
  }
  let channel = index % fold.vectors;
  let x = index / fold.vectors % fold.width;
  let line = index / (fold.vectors * fold.width);
  let sample = line / fold.outputRows;
  let y = fold.outputRow + line % fold.outputRows;

  let ys = places(y, fold.height);
  let xs = places(x, fold.width);
  var sum = vec4f(0.0);
  for (var i = 0u; i < 3u; i++) {
    for (var j = 0u; j < 3u; j++) {
      if (ys[i] >= 0 && xs[j] >= 0) {
        let row = sample * fold.inputRows + u32(ys[i]) - fold.inputRow;
        sum += input[fold.inputOffset + (row * (fold.width + 2u * fold.padding) + u32(xs[j])) * fold.vectors + channel];
      }
    }
  }
  output[fold.outputOffset + index] = sum;
}
