// The uniforms and bindings of a kernel from image to image, which may see only a band of rows of
// each. `launchBands` in src/kernels/core/launch.ts sets them.
//
//   input    [samples][inputRows][inputWidth][vectors]
//   output   [samples][outputRows][outputWidth][vectors]

struct Band {
  count: u32, // vec4s of the bound output
  inputHeight: u32,
  inputWidth: u32,
  inputRow: u32,  // the first bound row of the input
  inputRows: u32,
  outputHeight: u32,
  outputWidth: u32,
  outputRow: u32, // the first bound row of the output
  outputRows: u32,
  inputOffset: u32, // in vec4s
  outputOffset: u32,
  vectors: u32, // of channels
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> band: Band;

// The channels and pixel of one vec4 of the output.
struct Place {
  channel: u32, // in vec4s
  x: u32,
  y: u32,
  sample: u32,
}

fn placeOf(index: u32) -> Place {
  let line = index / (band.vectors * band.outputWidth);
  return Place(
    index % band.vectors,
    index / band.vectors % band.outputWidth,
    band.outputRow + line % band.outputRows,
    line / band.outputRows,
  );
}

// The index of a pixel's channels in the input; its row must be bound.
fn inputAt(sample: u32, y: u32, x: u32, channel: u32) -> u32 {
  let row = sample * band.inputRows + y - band.inputRow;
  return band.inputOffset + (row * band.inputWidth + x) * band.vectors + channel;
}
