// What the filter gradient kernels for subgroups of four lanes share (quads.wgsl, narrow.wgsl): the
// images line by line, four pixels at a time, without arrays. Needs geometry.wgsl and chunks.wgsl,
// and the bindings of both kernels.

// Where a line of the images begins, in pixels, and whether the row's tap reads no zero padding there.
struct Line {
  input: i32,
  gradient: u32,
  present: bool,
}

fn lineAt(y: u32, sample: u32, row: Row, band: Band) -> Line {
  let inputY = inputAlong(y, row.shiftY, band.inputHeight, band);
  return Line(
    (i32(sample * band.inputRows) + inputY - i32(band.inputRow)) * i32(band.inputWidth),
    (sample * band.outputRows + y - band.outputRow) * band.outputWidth,
    inputY >= 0,
  );
}

// Four input channels of the pixel that the row's tap reads for a pixel of the gradient.
fn inputAt(x: u32, line: Line, row: Row, band: Band) -> vec4f {
  let inputX = inputAlong(x, row.shiftX, band.inputWidth, band);
  let present = line.present && inputX >= 0 && x < band.outputWidth;
  let place = band.inputOffset + u32(max(line.input + inputX, 0)) * band.inVectors + row.vector;
  return input[place] * select(0.0, 1.0, present);
}

fn inputsFrom(x: u32, line: Line, row: Row, band: Band) -> mat4x4f {
  return mat4x4f(
    inputAt(x, line, row, band),
    inputAt(x + 1u, line, row, band),
    inputAt(x + 2u, line, row, band),
    inputAt(x + 3u, line, row, band),
  );
}

fn gradientAt(x: u32, column: u32, line: Line, band: Band) -> vec4f {
  let pixel = line.gradient + min(x, band.outputWidth - 1u);
  return gradient[band.outputOffset + pixel * band.outVectors + min(column, band.outVectors - 1u)];
}

// The sums of a row's four input channels, one column for each output channel.
fn store(sums: mat4x4f, chunk: u32, rowIndex: u32, column: u32, own: Part) {
  let band = own.band;
  if (rowIndex < rowCount(band) && column < band.outVectors) {
    let rows = transpose(sums);
    let place = (chunk * rowCount(band) + rowIndex) * 4u;
    partial[place * band.outVectors + column] = withoutPadding(rows[0], 4u * rowIndex, column, own);
    partial[(place + 1u) * band.outVectors + column] = withoutPadding(rows[1], 4u * rowIndex + 1u, column, own);
    partial[(place + 2u) * band.outVectors + column] = withoutPadding(rows[2], 4u * rowIndex + 2u, column, own);
    partial[(place + 3u) * band.outVectors + column] = withoutPadding(rows[3], 4u * rowIndex + 3u, column, own);
  }
}
