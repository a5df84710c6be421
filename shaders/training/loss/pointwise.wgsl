// The losses of single numbers and their slopes (derivatives with respect to x). FUNCTION selects
// one; the table is in src/kernels/training/losses.ts.
//
//   absolute       |x - t|                                  torch.nn.L1Loss
//   squared        (x - t)^2                                torch.nn.MSELoss
//   cross entropy  max(x, 0) - x t + log(1 + exp(-|x|))     torch.nn.BCEWithLogitsLoss

fn pointwiseLoss(x: vec4f, wanted: vec4f) -> vec4f {
  if (FUNCTION == ABSOLUTE) {
    return abs(x - wanted);
  }
  if (FUNCTION == SQUARED) {
    return (x - wanted) * (x - wanted);
  }
  // -t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)), in a form that cannot overflow.
  return max(x, vec4f(0.0)) - x * wanted + logOnePlus(exp(-abs(x)));
}

fn pointwiseSlope(x: vec4f, wanted: vec4f) -> vec4f {
  if (FUNCTION == ABSOLUTE) {
    return sign(x - wanted);
  }
  if (FUNCTION == SQUARED) {
    return 2.0 * (x - wanted);
  }
  let e = exp(-abs(x));
  return select(e, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + e) - wanted;
}

// log(1 + e) for e in [0, 1], as the series of 2 artanh(e / (2 + e)), which loses no accuracy near
// e = 0. The usual correction for the rounding of 1 + e does not work here: some compilers simplify
// (1 + e) - 1 to e.
fn logOnePlus(e: vec4f) -> vec4f {
  let z = e / (2.0 + e); // up to 1 / 3
  let square = z * z;
  var series = vec4f(0.0);
  for (var n = 15.0; n > 0.0; n -= 2.0) {
    series = series * square + 1.0 / n;
  }
  return 2.0 * z * series;
}
