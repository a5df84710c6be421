// Cuts off the margin that a network's picture has around its source (see from.wgsl), and takes the
// source's alpha. Where a network without margin draws more rows or columns than its source has,
// they get the alpha of the source's last one.
//
//   drawn   [samples][drawnRows][drawnWidth]     RGBA, a byte each, red lowest
//   source  [samples][sourceRows][sourceWidth]   from the output's first row on
//   output  [samples][rows][width]

struct Band {
  count: u32,  // pixels of the output's bound rows
  rows: u32,
  width: u32,
  output: u32, // where they begin in their binding
  drawn: u32,  // where the first of them is drawn
  drawnRows: u32,
  drawnWidth: u32,
  source: u32, // where the bound rows of the source begin
  sourceRows: u32,
  sourceWidth: u32,
}

@group(0) @binding(0) var<storage, read> drawn: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> output: array<u32>;
@group(0) @binding(3) var<uniform> band: Band;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let x = index % band.width;
  let y = index / band.width % band.rows;
  let sample = index / band.width / band.rows;
  let colour = drawn[band.drawn + (sample * band.drawnRows + y) * band.drawnWidth + x];
  let row = sample * band.sourceRows + min(y, band.sourceRows - 1u);
  let alpha = source[band.source + row * band.sourceWidth + min(x, band.sourceWidth - 1u)];
  output[band.output + index] = (colour & 0xffffffu) | (alpha & 0xff000000u);
}
