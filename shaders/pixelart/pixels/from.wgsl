// Converts bytes to the network's input, torchvision's ToTensor and Normalize((0.5, ...), (0.5,
// ...)): [0, 255] -> [-1, 1].
//
//   output = (byte / 255 - 0.5) / 0.5
//
// The 256 possible results come from a table, since a division in WGSL may be off by 2.5 units in
// the last place.
//
// Around the picture lies a margin, its mirror image: the outermost rows and columns are not repeated
// (PyTorch's reflection). A picture smaller than the margin is mirrored again and again.
//
//   pixels  [samples][pixelRows][width]         RGBA, a byte each, red lowest
//   levels  [256 / 4]
//   output  [samples][rows][width + 2 margin]   vec4: red, green, blue, 0; with one channel: grey,
//                                               0, 0, 0

#include core/stored

struct Band {
  count: u32,     // vec4s of the output's bound rows
  width: u32,     // of the picture
  height: u32,
  margin: u32,
  pixel: u32,     // where the bound rows of the picture begin in their binding
  pixelRow: u32,  // the first of them
  pixelRows: u32,
  output: u32,    // the same for the output
  row: u32,
  rows: u32,
}

@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<storage, read> levels: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<Stored>;
@group(0) @binding(3) var<uniform> band: Band;

// The row or column of the picture that is seen at a place in the output.
fn mirrored(place: u32, size: u32) -> u32 {
  let period = max(2u * size, 3u) - 2u;
  let apart = max(place, band.margin) - min(place, band.margin);
  return min(apart % period, period - apart % period);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let outputWidth = band.width + 2u * band.margin;
  let line = index / outputWidth;
  let x = mirrored(index % outputWidth, band.width);
  let y = mirrored(band.row + line % band.rows, band.height);
  let row = line / band.rows * band.pixelRows + y - band.pixelRow;
  let pixel = pixels[band.pixel + row * band.width + x];
  let red = pixel & 0xffu;
  let green = (pixel >> 8u) & 0xffu;
  let blue = (pixel >> 16u) & 0xffu;
  if (GREY) {
    // PIL's conversion to "L", ITU-R 601-2 in 16-bit fixed point.
    let grey = (19595u * red + 38470u * green + 7471u * blue + 32768u) >> 16u;
    output[band.output + index] = stored(vec4f(levels[grey], 0.0, 0.0, 0.0));
  } else {
    output[band.output + index] = stored(vec4f(levels[red], levels[green], levels[blue], 0.0));
  }
}
