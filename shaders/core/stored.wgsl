// How a program stores four numbers of an image or a filter: in float32, as they are.
// stored-half.wgsl takes the place of this file in a program that stores them in half precision.

alias Stored = vec4f;

fn loaded(four: Stored) -> vec4f {
  return four;
}

fn stored(four: vec4f) -> Stored {
  return four;
}
