// Which input pixel does a tap of the kernel read for a given output pixel? Convolution
// (torch.nn.Conv2d) and transposed convolution (torch.nn.ConvTranspose2d) differ only in this.
// Sizes are uniforms, not constants, so one compiled shader serves layers and images of all sizes.
//
//   convolution:             input = output * stride + tap - padding
//   transposed convolution:  input = (output + padding - tap) / stride, where that is whole
//
// A transposed convolution of stride s is s * s small convolutions, one for each phase (x mod s, y
// mod s) of the output, because all pixels of a phase use the same taps. Pixels are therefore
// numbered phase by phase, each phase a grid of its own. A convolution has one phase. On that grid
// both are
//
//   input = position * step + shift,  with a shift that depends on the tap alone

// The layer, its images, and the part of them that this dispatch computes: rows of the output, and
// the rows of the input that are bound. A small image is one band. An image too large for one
// binding is cut into several.
struct Band {
  samples: u32,
  inputHeight: u32,
  inputWidth: u32,
  outputWidth: u32,
  outputRow: u32,    // first row of the output, a multiple of phases
  outputRows: u32,
  inputRow: u32,     // first row of the input that is bound
  inputRows: u32,
  inputOffset: u32,  // where that row starts in its binding, in vec4s
  outputOffset: u32, // where the first output row starts in its binding, in vec4s
  inVectors: u32,    // vec4s of input channels
  outVectors: u32,
  kernel: u32,
  padding: u32,
  step: u32,         // a convolution's stride; 1 if transposed
  phases: u32,       // a transposed convolution's stride; 1 otherwise
  reflect: u32,
  transposed: u32,
  biased: u32,
  columnGroups: u32, // workgroups across the output channels
}

// A pixel of the output, by its position on the grid of its phase.
struct Pixel {
  sample: u32,
  y: u32,
  x: u32,
  inside: bool, // false for lanes past the last pixel
}

fn phaseAt(index: u32, band: Band) -> vec2u {
  return vec2u(index % band.phases, index / band.phases);
}

// The width and height of the grid of a phase. Of the last phase, a column or row may be outside.
fn gridOfPhase(band: Band) -> vec2u {
  return (vec2u(band.outputWidth, band.outputRows) + band.phases - 1u) / band.phases;
}

fn pixelsOfPhase(band: Band) -> u32 {
  let grid = gridOfPhase(band);
  return band.samples * grid.y * grid.x;
}

fn pixelAt(index: u32, phase: vec2u, band: Band) -> Pixel {
  let grid = gridOfPhase(band);
  let clamped = min(index, pixelsOfPhase(band) - 1u);
  let line = clamped / grid.x;
  let sample = line / grid.y;
  let y = line - sample * grid.y;
  let x = clamped - line * grid.x;
  let inside = index == clamped && x * band.phases + phase.x < band.outputWidth && y * band.phases + phase.y < band.outputRows;
  return Pixel(sample, band.outputRow / band.phases + y, x, inside);
}

// The first tap that a phase uses; the others follow at steps of `phases`.
fn firstTap(phase: u32, band: Band) -> u32 {
  return (phase + band.padding) % band.phases;
}

// The offset from position * step at which a tap reads.
fn shiftOf(tap: u32, phase: u32, band: Band) -> i32 {
  if (band.transposed > 0u) {
    return (i32(phase + band.padding) - i32(tap)) / i32(band.phases);
  }
  return i32(tap) - i32(band.padding);
}

// The input coordinate along one axis; -1 where the tap falls on zero padding. Reflection follows
// torch.nn.ReflectionPad2d: the border pixel is not repeated.
fn inputAlong(position: u32, shift: i32, size: u32, band: Band) -> i32 {
  let place = i32(position * band.step) + shift;
  let mirrored = min(abs(place), 2 * (i32(size) - 1) - abs(place));
  return select(select(-1, place, place >= 0 && place < i32(size)), mirrored, band.reflect > 0u);
}

// The index of the tap's input pixel in its binding, in pixels; -1 on zero padding.
fn inputPixel(pixel: Pixel, shiftY: i32, shiftX: i32, band: Band) -> i32 {
  let y = inputAlong(pixel.y, shiftY, band.inputHeight, band);
  let x = inputAlong(pixel.x, shiftX, band.inputWidth, band);
  let row = i32(pixel.sample * band.inputRows) + y - i32(band.inputRow);
  return select(-1, row * i32(band.inputWidth) + x, y >= 0 && x >= 0);
}

// The index of the pixel in the output's binding, in pixels.
fn outputPixel(pixel: Pixel, phase: vec2u, band: Band) -> u32 {
  let y = pixel.y * band.phases + phase.y - band.outputRow;
  return (pixel.sample * band.outputRows + y) * band.outputWidth + pixel.x * band.phases + phase.x;
}
