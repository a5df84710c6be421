// Which input does a tap of the kernel read for a given output pixel? Convolution and transposed convolution differ in
// nothing but this. Needs: KERNEL, STRIDE, PADDING, REFLECT, TRANSPOSED, PHASES. The sizes of the images are no constants, so
// that a shader is compiled once for pictures of all sizes.
//
//   convolution:             input = output * STRIDE + tap - PADDING
//   transposed convolution:  input = (output + PADDING - tap) / STRIDE, where that is whole
//
// A transposed convolution of stride s is s * s small convolutions, one for each phase (x mod s, y mod s) of the output:
// all pixels of a phase use the same taps. Pixels are therefore numbered phase by phase; a convolution has one phase.

// The images, and the part of them that this dispatch computes: rows of the output, and the rows of the input that are
// bound. A whole image is one band; a large one is many, since a binding cannot span it.
struct Band {
  samples: u32,
  inputHeight: u32,
  inputWidth: u32,
  outputWidth: u32,
  outputRow: u32,    // first row of the output, a multiple of PHASES
  outputRows: u32,
  inputRow: u32,     // first row of the input that is bound
  inputRows: u32,
  inputOffset: u32,  // where that row starts in its binding, in vec4s
  outputOffset: u32, // where the first output row starts in its binding, in vec4s
  turns: u32,        // STEP of broadcast.wgsl
}

struct Pixel {
  sample: u32,
  y: u32,
  x: u32,
  inside: bool, // false for the lanes that fill up the last tile
}

fn phaseWidth(band: Band) -> u32 {
  return (band.outputWidth + PHASES - 1u) / PHASES;
}

fn phaseHeight(band: Band) -> u32 {
  return (band.outputRows + PHASES - 1u) / PHASES;
}

fn pixelCount(band: Band) -> u32 {
  return band.samples * phaseHeight(band) * phaseWidth(band);
}

fn pixelAt(index: u32, phase: vec2u, band: Band) -> Pixel {
  let clamped = min(index, pixelCount(band) - 1u);
  let line = clamped / phaseWidth(band);
  let y = (line % phaseHeight(band)) * PHASES + phase.y;
  let x = (clamped % phaseWidth(band)) * PHASES + phase.x;
  let inside = index == clamped && x < band.outputWidth && y < band.outputRows;
  return Pixel(line / phaseHeight(band), band.outputRow + y, x, inside);
}

// The first tap that a phase uses; the others follow in steps of PHASES.
fn firstTap(phase: u32) -> u32 {
  return select(0u, (phase + PADDING) % PHASES, TRANSPOSED);
}

// -1 where the tap falls on zero padding.
fn inputAlong(output: u32, tap: u32, size: u32) -> i32 {
  if (TRANSPOSED) {
    let shifted = i32(output + PADDING) - i32(tap);
    let position = shifted / i32(STRIDE);
    return select(-1, position, shifted >= 0 && position < i32(size));
  }
  let position = i32(output * STRIDE + tap) - i32(PADDING);
  if (REFLECT) {
    let mirrored = abs(position);
    return min(mirrored, 2 * (i32(size) - 1) - mirrored);
  }
  return select(-1, position, position >= 0 && position < i32(size));
}

// The place of the tap's input pixel in its binding, in pixels; -1 on zero padding.
fn inputPixel(pixel: Pixel, tapY: u32, tapX: u32, band: Band) -> i32 {
  let y = inputAlong(pixel.y, tapY, band.inputHeight);
  let x = inputAlong(pixel.x, tapX, band.inputWidth);
  let row = i32(pixel.sample * band.inputRows) + y - i32(band.inputRow);
  return select(-1, row * i32(band.inputWidth) + x, y >= 0 && x >= 0);
}

fn outputPixel(pixel: Pixel, band: Band) -> u32 {
  return (pixel.sample * band.outputRows + pixel.y - band.outputRow) * band.outputWidth + pixel.x;
}
