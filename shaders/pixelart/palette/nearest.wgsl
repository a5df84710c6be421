// The nearest of the first `colours` of `centres` to a point of OKLab, and its squared distance.
// The first wins ties. The fourth number of a point is its pixel; fully transparent ones are never
// chosen.

struct Nearest {
  index: u32,
  distance: u32,
}

fn visible(point: vec4u) -> bool {
  return (point.w >> 24u) != 0u;
}

fn nearestTo(point: vec4u, colours: u32) -> Nearest {
  var nearest = Nearest(0u, 0xffffffffu);
  for (var k = 0u; k < colours; k++) {
    let centre = centres[k];
    let difference = vec3u(abs(vec3i(point.xyz) - vec3i(centre.xyz)));
    let distance = dot(difference, difference);
    if (visible(centre) && distance < nearest.distance) {
      nearest = Nearest(k, distance);
    }
  }
  return nearest;
}
