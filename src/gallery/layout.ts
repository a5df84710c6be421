// Where the tiles of a long list are, and which of them are to be seen: only those exist as elements.

export interface Layout {
  readonly perRow: number;
  /** The side of a tile's picture, and the height of a row with its gap, in CSS pixels. */
  readonly tile: number;
  readonly rowHeight: number;
  readonly gap: number;
  readonly rows: number;
}

/** Below a tile's picture are two lines. */
export const captionHeight = 42;
const gap = 12;

/** @param least the least width of a tile; tiles fill the width */
export function layoutOf(width: number, least: number, count: number): Layout {
  const perRow = Math.max(2, Math.floor((width + gap) / (least + gap)));
  const tile = Math.max(1, Math.floor((width - gap * (perRow - 1)) / perRow));
  return { perRow, tile, gap, rowHeight: tile + captionHeight + gap, rows: Math.ceil(count / perRow) };
}

/** Rows that are made beyond the window's edges, so that pictures are there when they come into view. */
const beyond = 2;

/**
 * The first row that is made, and the one behind the last.
 *
 * @param top the window's upper edge, from the list's beginning
 */
export function rowsInView({ rowHeight, rows }: Layout, top: number, height: number): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
  const end = Math.min(rows, Math.ceil((top + height) / rowHeight) + beyond);
  return [Math.min(first, end), end];
}
