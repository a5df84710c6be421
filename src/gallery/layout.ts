// The layout of a long list's tiles, and which of them are in view. Only those exist as elements.

export interface Layout {
  readonly perRow: number;
  /** The side of a tile's picture, and the height of a row with its gap, in CSS pixels. */
  readonly tile: number;
  readonly rowHeight: number;
  readonly gap: number;
  readonly rows: number;
}

/** A tile's picture has two lines of text below it. */
export const captionHeight = 42;
const gap = 12;

/** @param least the minimum width of a tile; tiles fill the width */
export function layoutOf(width: number, least: number, count: number): Layout {
  const perRow = Math.max(2, Math.floor((width + gap) / (least + gap)));
  const tile = Math.max(1, Math.floor((width - gap * (perRow - 1)) / perRow));
  return { perRow, tile, gap, rowHeight: tile + captionHeight + gap, rows: Math.ceil(count / perRow) };
}

/** Extra rows beyond the window's edges, so that pictures are loaded before they come into view. */
const beyond = 2;

/**
 * The half-open range of rows that exist as elements.
 *
 * @param top the window's upper edge, relative to the list's beginning
 */
export function rowsInView({ rowHeight, rows }: Layout, top: number, height: number): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
  const end = Math.min(rows, Math.ceil((top + height) / rowHeight) + beyond);
  return [Math.min(first, end), end];
}
