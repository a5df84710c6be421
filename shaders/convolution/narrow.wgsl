// For up to four output channels, such as a network's last layer, on software adapters. A subgroup
// lies along the pixels there, and each lane computes four of them. All lanes need the same filters,
// and loading a vec4 is expensive even so: the lanes of a quad load one of the four filter rows of a
// step each, and show it to the others. It has no arrays, as quads.wgsl explains. It takes 0.65 of
// the time of registers.wgsl at 4x1 on llvmpipe, and 0.2 on SwiftShader.
//
//   input    [samples][rows][width][inVectors]            NHWC, vec4s of channels
//   filters  [kernel][kernel][4 * inVectors][outVectors]
//   bias     [outVectors]
//   output   [samples][rows][width][outVectors]

enable subgroups;

#include convolution/geometry
#include core/stored
#include convolution/quad
#include convolution/source

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read> filters: array<Stored>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<Stored>;
@group(0) @binding(4) var<uniform> band: Band;

// Four input channels of one of the lane's pixels.
fn pixelAtSource(source: Source, vector: u32) -> vec4f {
  return loaded(input[source.place + vector]) * source.weight;
}

fn store(sum: vec4f, pixel: Pixel, phase: vec2u, column: u32, layer: Band) {
  if (pixel.inside) {
    output[layer.outputOffset + outputPixel(pixel, phase, layer) * layer.outVectors + column] = stored(sum);
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let layer = band;
  let firstPixel = (group.y * groups.x + group.x) * 4u * LANES + lane;
  let phase = phaseAt(group.z / layer.columnGroups, layer);
  let column = group.z % layer.columnGroups;

  let pixel0 = pixelAt(firstPixel, phase, layer);
  let pixel1 = pixelAt(firstPixel + LANES, phase, layer);
  let pixel2 = pixelAt(firstPixel + 2u * LANES, phase, layer);
  let pixel3 = pixelAt(firstPixel + 3u * LANES, phase, layer);

  let start = select(vec4f(0.0), bias[column], layer.biased > 0u);
  var sum0 = start;
  var sum1 = start;
  var sum2 = start;
  var sum3 = start;
  for (var tapY = firstTap(phase.y, layer); tapY < layer.kernel; tapY += layer.phases) {
    let shiftY = shiftOf(tapY, phase.y, layer);
    for (var tapX = firstTap(phase.x, layer); tapX < layer.kernel; tapX += layer.phases) {
      let shiftX = shiftOf(tapX, phase.x, layer);
      let source0 = sourceOf(pixel0, shiftY, shiftX, layer);
      let source1 = sourceOf(pixel1, shiftY, shiftX, layer);
      let source2 = sourceOf(pixel2, shiftY, shiftX, layer);
      let source3 = sourceOf(pixel3, shiftY, shiftX, layer);
      // A separate sum per tap: short sums round less than one long sum.
      var tap0 = vec4f();
      var tap1 = vec4f();
      var tap2 = vec4f();
      var tap3 = vec4f();
      var row = (tapY * layer.kernel + tapX) * 4u * layer.inVectors * layer.outVectors + (lane % 4u) * layer.outVectors + column;
      for (var vector = 0u; vector < layer.inVectors; vector++) {
        // Four input channels to four output channels, of which each lane loads a column.
        let block = quad(loaded(filters[row]));
        row += 4u * layer.outVectors;
        tap0 += block * pixelAtSource(source0, vector);
        tap1 += block * pixelAtSource(source1, vector);
        tap2 += block * pixelAtSource(source2, vector);
        tap3 += block * pixelAtSource(source3, vector);
      }
      sum0 += tap0;
      sum1 += tap1;
      sum2 += tap2;
      sum3 += tap3;
    }
  }

  store(sum0, pixel0, phase, column, layer);
  store(sum1, pixel1, phase, column, layer);
  store(sum2, pixel2, phase, column, layer);
  store(sum3, pixel3, phase, column, layer);
}
