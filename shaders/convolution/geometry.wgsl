// Which input does a tap of the kernel read for a given output pixel? Convolution and transposed convolution differ in
// nothing but this. Needs: BATCH, IN_HEIGHT, IN_WIDTH, OUT_WIDTH, KERNEL, STRIDE, PADDING, REFLECT, TRANSPOSED, PHASES.
//
//   convolution:             input = output * STRIDE + tap - PADDING
//   transposed convolution:  input = (output + PADDING - tap) / STRIDE, where that is whole
//
// A transposed convolution of stride s is s * s small convolutions, one for each phase (x mod s, y mod s) of the output:
// all pixels of a phase use the same taps. Pixels are therefore numbered phase by phase; a convolution has one phase.

// The part of the image that this dispatch computes: rows of the output, and the rows of the input that are bound.
// A whole image is one band; a large one is many, since a binding cannot span it.
struct Band {
  outputRow: u32,    // first row of the output, a multiple of PHASES
  outputRows: u32,
  inputRow: u32,     // first row of the input that is bound
  inputRows: u32,
  inputOffset: u32,  // where that row starts in its binding, in vec4s
  outputOffset: u32, // where the first output row starts in its binding, in vec4s
}

struct Pixel {
  sample: u32,
  y: u32,
  x: u32,
  inside: bool, // false for the lanes that fill up the last tile
}

const PHASE_WIDTH = (OUT_WIDTH + PHASES - 1u) / PHASES;

fn phaseHeight(band: Band) -> u32 {
  return (band.outputRows + PHASES - 1u) / PHASES;
}

fn pixelCount(band: Band) -> u32 {
  return BATCH * phaseHeight(band) * PHASE_WIDTH;
}

fn pixelAt(index: u32, phase: vec2u, band: Band) -> Pixel {
  let clamped = min(index, pixelCount(band) - 1u);
  let line = clamped / PHASE_WIDTH;
  let y = (line % phaseHeight(band)) * PHASES + phase.y;
  let x = (clamped % PHASE_WIDTH) * PHASES + phase.x;
  let inside = index == clamped && x < OUT_WIDTH && y < band.outputRows;
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
  let y = inputAlong(pixel.y, tapY, IN_HEIGHT);
  let x = inputAlong(pixel.x, tapX, IN_WIDTH);
  let row = i32(pixel.sample * band.inputRows) + y - i32(band.inputRow);
  return select(-1, row * i32(IN_WIDTH) + x, y >= 0 && x >= 0);
}

fn outputPixel(pixel: Pixel, band: Band) -> u32 {
  return (pixel.sample * band.outputRows + pixel.y - band.outputRow) * OUT_WIDTH + pixel.x;
}
