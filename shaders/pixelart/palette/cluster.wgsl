// A cluster of k-means, whose centre is kept beside it. The sums are whole numbers, so atomics give
// the same result in any order.

struct Cluster {
  sum: array<atomic<u32>, 4>,  // of L, a and b over its points, and the number of points
  closest: atomic<u32>,        // the least squared distance of a point from the centre
}

struct Sizes {
  points: u32,
  colours: u32, // clusters
}
