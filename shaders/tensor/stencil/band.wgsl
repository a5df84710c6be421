// What both directions of a fixed filter are given: the rows of either image that are bound.

struct Band {
  count: u32, // vec4s of the output that are bound
  inputHeight: u32,
  inputWidth: u32,
  inputRow: u32,  // the first row of the input that is bound
  inputRows: u32,
  outputWidth: u32,
  outputRow: u32, // the first row of the output that is bound
  outputRows: u32,
  inputOffset: u32, // in vec4s
  outputOffset: u32,
  vectors: u32, // of channels
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> band: Band;
