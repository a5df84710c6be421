// What k-means knows of a cluster. Sums are of whole numbers: atomics give the same result in any order.

struct Cluster {
  centre: vec4u,               // L, a, b, and an opaque pixel
  sum: array<atomic<u32>, 4>,  // of L, a and b over its points, and their number
  closest: atomic<u32>,        // the least distance of a point to the centre
}

struct Sizes {
  points: u32,
  colours: u32, // clusters
}
