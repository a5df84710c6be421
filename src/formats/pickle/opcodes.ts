// The opcodes that the reader knows, by their byte; the comment beside each is its letter in the
// file. The missing ones are written only by protocols 0 and 1, or refer to a registry of Python's
// (EXT1) or to memory outside the file (NEXT_BUFFER). Source: Lib/pickletools.py of CPython, which
// documents every opcode.

export const opcode = {
  mark: 0x28, // (
  emptyTuple: 0x29, // )
  stop: 0x2e, // .
  pop: 0x30, // 0
  popMark: 0x31, // 1
  binbytes: 0x42, // B
  shortBinbytes: 0x43, // C
  binfloat: 0x47, // G
  binint: 0x4a, // J
  binint1: 0x4b, // K
  binint2: 0x4d, // M
  none: 0x4e, // N
  binpersid: 0x51, // Q
  reduce: 0x52, // R
  binstring: 0x54, // T
  shortBinstring: 0x55, // U
  binunicode: 0x58, // X
  emptyList: 0x5d, // ]
  append: 0x61, // a
  build: 0x62, // b
  global: 0x63, // c
  appends: 0x65, // e
  binget: 0x68, // h
  inst: 0x69, // i
  longBinget: 0x6a, // j
  obj: 0x6f, // o
  binput: 0x71, // q
  longBinput: 0x72, // r
  setitem: 0x73, // s
  tuple: 0x74, // t
  setitems: 0x75, // u
  emptyDict: 0x7d, // }
  proto: 0x80,
  newobj: 0x81,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  newtrue: 0x88,
  newfalse: 0x89,
  long1: 0x8a,
  long4: 0x8b,
  shortBinunicode: 0x8c,
  binunicode8: 0x8d,
  binbytes8: 0x8e,
  emptySet: 0x8f,
  additems: 0x90,
  frozenset: 0x91,
  newobjEx: 0x92,
  stackGlobal: 0x93,
  memoize: 0x94,
  frame: 0x95,
  bytearray8: 0x96,
} as const;
