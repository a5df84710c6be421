// The pixel sizes of side B's pictures as a small histogram, with a warning if they are mixed.

import { Notice } from "../../parts/display.tsx";
import { plural } from "../../parts/words.ts";
import { cellSizes, newRun } from "../state.ts";
import { commonSize, countsOf, mixedSentence, type Size } from "./cell-sizes.ts";

export function CellSizesView() {
  const sizes = cellSizes.sizes.value;
  const { value: total } = cellSizes.total;
  const isOver = cellSizes.isOver.value;
  if (newRun.source.value !== "own" || total === 0) return null;
  const counts = countsOf(sizes);
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const mixed = isOver ? mixedSentence(sizes) : undefined;
  return (
    <div class="cell-sizes">
      <h4 class="small">
        Pixel sizes{" "}
        <span class="faint number">
          {isOver ? `of ${plural(total, "picture")}` : `${sizes.length} of ${total} checked`}
        </span>
      </h4>
      <ul>
        {counts.map(({ size, count }) => (
          <li key={size}>
            <span class="unseen">
              {words(size)}: {plural(count, "picture")}
            </span>
            <span class="number" aria-hidden="true">
              {count}
            </span>
            <i style={{ height: `${Math.round((56 * count) / most)}px` }} data-none={size === "none"} />
            <span class="label" aria-hidden="true">
              {size === "none" ? "no grid" : size === "two" ? "two" : `${size} px`}
            </span>
          </li>
        ))}
      </ul>
      {mixed && (
        <Notice tone="warning">
          {mixed} A network that sees several sizes learns to draw all of them. Convert them to one size first: run{" "}
          <code>npx pixelcycle dataset prepare photos/ art/ data/ --cell {commonSize(sizes)}</code>, then drop{" "}
          <code>data/trainA</code> and <code>data/trainB</code> here.
        </Notice>
      )}
    </div>
  );
}

function words(size: Size): string {
  if (size === "none") return "no grid, as in photos";
  if (size === "two") return "two sizes in one picture";
  return size === 1 ? "one pixel per cell" : `cells of ${size} pixels`;
}
