// The OKLab of a pixel, from a table of cone responses.
//
//   cones  [3][256]  what each byte of red, green and blue adds to the response of the eye's three
//                    kinds of cones, times 2^30

fn oklab(pixel: u32) -> vec3u {
  return labOf(vec3u(cones[pixel & 0xffu].xyz) + vec3u(cones[256u + ((pixel >> 8u) & 0xffu)].xyz) +
    vec3u(cones[512u + ((pixel >> 16u) & 0xffu)].xyz));
}
