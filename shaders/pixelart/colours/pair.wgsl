// A cell of the network and the same cell of the source in OKLab, in four words:
//
//   x  the lightness of both, the network's in the higher bits, below VISIBLE; 0 where the network's
//      cell is fully transparent
//   y  a and b of the network's cell
//   z  a and b of the source's
//   w  the network's pixel
//
// A number has 15 bits.

const VISIBLE = 1u << 30u;

fn packed(high: u32, low: u32) -> u32 {
  return (high << 15u) | low;
}

fn unpacked(word: u32) -> vec2u {
  return vec2u((word >> 15u) & 0x7fffu, word & 0x7fffu);
}
