// Rung 0 of docs/ladder.md: the formula of torch.nn.Conv2d, one lane per number of the output.
//
//   output[n, y, x, d] = bias[d] + sum over u, v, c of input[n, y', x', c] * filters[u, v, c, d]
//   y' = y * stride + u - padding, x' = x * stride + v - padding
//
// with taps (u, v) and input channels c. geometry.wgsl computes y' and x', also for transposed
// convolutions (torch.nn.ConvTranspose2d).
//
// Each multiply-add loads one number of the input and one of the filters. The other rungs compute
// the same sum with fewer loads. This one is the baseline that they are timed against; no adapter
// uses it. Its machine code allows at most 25 % of peak on RDNA2 and 13 % on RDNA3; llvmpipe
// reaches 2 %.
//
//   input    [samples][rows][width][4 * inVectors]            NHWC
//   filters  [kernel][kernel][4 * inVectors][4 * outVectors]
//   bias     [4 * outVectors]
//   output   [samples][rows][width][4 * outVectors]

#include convolution/geometry

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read> filters: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<uniform> band: Band;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  let phase = phaseAt(group.z / band.columnGroups, band);
  let pixel = pixelAt((group.y * groups.x + group.x) * GROUP_ROWS + lane.y, phase, band);
  let channel = (group.z % band.columnGroups) * GROUP_COLUMNS + lane.x;
  let inputs = 4u * band.inVectors;
  let outputs = 4u * band.outVectors;
  if (!pixel.inside || channel >= outputs) {
    return;
  }

  var sum = select(0.0, bias[channel], band.biased > 0u);
  for (var tapY = firstTap(phase.y, band); tapY < band.kernel; tapY += band.phases) {
    for (var tapX = firstTap(phase.x, band); tapX < band.kernel; tapX += band.phases) {
      let source = inputPixel(pixel, shiftOf(tapY, phase.y, band), shiftOf(tapX, phase.x, band), band);
      if (source >= 0) {
        let first = 4u * band.inputOffset + u32(source) * inputs;
        let row = (tapY * band.kernel + tapX) * inputs;
        for (var i = 0u; i < inputs; i++) {
          sum += input[first + i] * filters[(row + i) * outputs + channel];
        }
      }
    }
  }
  output[4u * band.outputOffset + outputPixel(pixel, phase, band) * outputs + channel] = sum;
}
