// The losses of single numbers, each with its slope. FUNCTION selects one; the table is in
// src/kernels/training/losses.ts.

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

// log(1 + e) for e in [0, 1]. In float32 1 + e loses part of e; the correction adds it back.
fn logOnePlus(e: vec4f) -> vec4f {
  let u = 1.0 + e;
  let rest = e - (u - 1.0);
  return log(u) + rest / u;
}
