// What a tap reads of the input, for kernels that keep it per pixel. After convolution/geometry.

// Where a tap reads for one of the lane's pixels, in vec4s, and 0 if that is zero padding.
struct Source {
  place: u32,
  weight: f32,
}

fn sourceOf(pixel: Pixel, shiftY: i32, shiftX: i32, layer: Band) -> Source {
  let source = inputPixel(pixel, shiftY, shiftX, layer);
  return Source(layer.inputOffset + u32(max(source, 0)) * layer.inVectors, select(0.0, 1.0, source >= 0));
}
