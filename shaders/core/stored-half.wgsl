// Rung 7 of docs/ladder.md: images and filters stored in half precision, sums in float32. Takes the
// place of stored.wgsl. On llvmpipe rung 5 takes 0.81 of its time with it.
//
// A vec4 is two words of two halves each, so a kernel loads half as many bytes, and images take half
// of the memory. Every number is widened to float32 as soon as it is loaded, which is exact, and an
// output is rounded once, when it is stored. `unpack2x16float` is part of every WebGPU. The type f16
// would need the feature shader-f16, makes the same code on RDNA2 and RDNA3, and is slower on
// llvmpipe.

alias Stored = vec2u;

fn loaded(four: Stored) -> vec4f {
  return vec4f(unpack2x16float(four.x), unpack2x16float(four.y));
}

// Rounds to the nearest half, ties to even. `pack2x16float` may round in any direction (llvmpipe
// truncates), and need not give a number for what is beyond 65504. So the 13 bits of fraction that a
// half lacks are rounded off first, and larger numbers become 65504. Only below 2^-14, where halves
// have fewer bits, does `pack2x16float` still round.
fn stored(four: vec4f) -> Stored {
  let bits = bitcast<vec4u>(clamp(four, vec4f(-65504.0), vec4f(65504.0)));
  let kept = (bits + 0xfffu + ((bits >> vec4u(13u)) & vec4u(1u))) & vec4u(0xffffe000u);
  let rounded = bitcast<vec4f>(kept);
  return vec2u(pack2x16float(rounded.xy), pack2x16float(rounded.zw));
}
