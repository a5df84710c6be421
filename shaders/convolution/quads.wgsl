// broadcast.wgsl for subgroups of four lanes: the same tile and the same sums, written for
// SwiftShader, which unrolls no loops. There, an array at an index that a loop computes lives in
// memory, lane by lane, and subgroupShuffle is forty instructions. So nothing here is an array:
// sixteen pixels are four matrices, one column a pixel, and a lane is known as a constant. On
// SwiftShader that takes between a fifth and a seventh of the time of broadcast.wgsl.
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

// Four input channels of the four pixels that the lanes load from their sources.
fn pixelsAt(source: Source, vector: u32) -> mat4x4f {
  return quad(loaded(input[source.place + vector]) * source.weight);
}

const OUTSIDE = 0xffffffffu;

fn storeAt(place: u32, column: u32, sum: vec4f, layer: Band) {
  if (place != OUTSIDE && column < layer.outVectors) {
    output[place + column] = stored(sum);
  }
}

fn store(sums: mat4x4f, pixel: Pixel, phase: vec2u, column: u32, layer: Band) {
  let own = select(OUTSIDE, layer.outputOffset + outputPixel(pixel, phase, layer) * layer.outVectors, pixel.inside);
  storeAt(quadBroadcast(own, 0u), column, sums[0], layer);
  storeAt(quadBroadcast(own, 1u), column, sums[1], layer);
  storeAt(quadBroadcast(own, 2u), column, sums[2], layer);
  storeAt(quadBroadcast(own, 3u), column, sums[3], layer);
}

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let layer = band;
  let firstPixel = (group.y * groups.x + group.x) * 16u + lane;
  let phase = phaseAt(group.z / layer.columnGroups, layer);
  let column = (group.z % layer.columnGroups) * 4u + lane;
  let own = min(column, layer.outVectors - 1u);

  let pixel0 = pixelAt(firstPixel, phase, layer);
  let pixel1 = pixelAt(firstPixel + 4u, phase, layer);
  let pixel2 = pixelAt(firstPixel + 8u, phase, layer);
  let pixel3 = pixelAt(firstPixel + 12u, phase, layer);

  let start = select(vec4f(0.0), bias[own], layer.biased > 0u);
  var sums0 = mat4x4f(start, start, start, start);
  var sums1 = sums0;
  var sums2 = sums0;
  var sums3 = sums0;
  for (var tapY = firstTap(phase.y, layer); tapY < layer.kernel; tapY += layer.phases) {
    let shiftY = shiftOf(tapY, phase.y, layer);
    for (var tapX = firstTap(phase.x, layer); tapX < layer.kernel; tapX += layer.phases) {
      let shiftX = shiftOf(tapX, phase.x, layer);
      let source0 = sourceOf(pixel0, shiftY, shiftX, layer);
      let source1 = sourceOf(pixel1, shiftY, shiftX, layer);
      let source2 = sourceOf(pixel2, shiftY, shiftX, layer);
      let source3 = sourceOf(pixel3, shiftY, shiftX, layer);
      // A separate sum per tap: short sums round less than one long sum.
      var tap0 = mat4x4f();
      var tap1 = mat4x4f();
      var tap2 = mat4x4f();
      var tap3 = mat4x4f();
      var row = (tapY * layer.kernel + tapX) * 4u * layer.inVectors * layer.outVectors + own;
      for (var vector = 0u; vector < layer.inVectors; vector++) {
        // Four input channels to four output channels.
        let block = mat4x4f(
          loaded(filters[row]),
          loaded(filters[row + layer.outVectors]),
          loaded(filters[row + 2u * layer.outVectors]),
          loaded(filters[row + 3u * layer.outVectors]),
        );
        row += 4u * layer.outVectors;
        tap0 += block * pixelsAt(source0, vector);
        tap1 += block * pixelsAt(source1, vector);
        tap2 += block * pixelsAt(source2, vector);
        tap3 += block * pixelsAt(source3, vector);
      }
      sums0 += tap0;
      sums1 += tap1;
      sums2 += tap2;
      sums3 += tap3;
    }
  }

  store(sums0, pixel0, phase, column, layer);
  store(sums1, pixel1, phase, column, layer);
  store(sums2, pixel2, phase, column, layer);
  store(sums3, pixel3, phase, column, layer);
}
