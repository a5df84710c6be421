// The list of pictures, many thousands of them. Only the rows in the window exist as elements.
// Screen readers see it as one list box.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { choices } from "./choices.browser.ts";
import type { GalleryPicture } from "./data.ts";
import { verdictWords } from "./facets.ts";
import { captionHeight, rowsInView, type Layout } from "./layout.ts";
import { previewSizes } from "./preview.ts";
import {
  chosen,
  current,
  isDescending,
  isOpen,
  layout,
  listWidth,
  orderName,
  pictures,
  position,
  shown,
  words,
} from "./state.browser.ts";
import { cellWords, nameOf, plural, previewAddress } from "./words.ts";

export function Tiles() {
  const list = useRef<HTMLDivElement>(null);
  const [[first, end], setRows] = useState<readonly [number, number]>([0, 0]);
  const { rows, rowHeight, perRow, gap } = layout.value;

  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => (listWidth.value = list.current!.clientWidth));
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const look = () => {
      const [from, to] = rowsInView(layout.value, -list.current!.getBoundingClientRect().top, innerHeight);
      setRows((rows) => (rows[0] === from && rows[1] === to ? rows : [from, to]));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [rows, rowHeight]);
  // Scrolls to the current picture when it changes, by the keyboard or in the large view.
  useEffect(() => bringIntoView(list.current!), [current.value]);
  // A new list is shown from its beginning.
  useEffect(
    () => scrollTo(0, Math.min(scrollY, scrollY + list.current!.getBoundingClientRect().top - hiddenAbove())),
    [chosen.value, words.value, orderName.value, isDescending.value],
  );

  const places = Array.from(shown.value.subarray(first * perRow, end * perRow));
  return (
    <div
      ref={list}
      class="tiles"
      role="listbox"
      tabIndex={0}
      aria-label={`${plural(shown.value.length, "picture")}; arrows move, Enter opens, K keeps, D drops, U resets`}
      aria-activedescendant={places.includes(current.value) ? `picture-${current.value}` : undefined}
      style={{ height: `${Math.max(0, rows * rowHeight - gap)}px` }}
    >
      {places.map((place, i) => (
        <Tile key={place} place={place} at={first * perRow + i} layout={layout.value} />
      ))}
    </div>
  );
}

/** The height of the window that the bar covers. */
function hiddenAbove(): number {
  return Math.max(0, document.querySelector(".bar")!.getBoundingClientRect().bottom) + 12;
}

function bringIntoView(list: HTMLElement): void {
  if (position.value < 0 || listWidth.value === 0) return;
  const { perRow, rowHeight } = layout.value;
  const top = list.getBoundingClientRect().top + Math.floor(position.value / perRow) * rowHeight;
  if (top < hiddenAbove()) scrollBy(0, top - hiddenAbove());
  else if (top + rowHeight > innerHeight) scrollBy(0, top + rowHeight - innerHeight);
}

interface TileProps {
  readonly place: number;
  /** Its position in the list. */
  readonly at: number;
  readonly layout: Layout;
}

function Tile({ place, at, layout: { perRow, tile, rowHeight, gap } }: TileProps) {
  const picture = pictures[place];
  const choice = choices.value.get(picture.file);
  const { label } = verdictWords[picture.verdict];
  const cell = cellWords(picture);
  return (
    <div
      id={`picture-${place}`}
      class="tile"
      role="option"
      aria-selected={place === current.value}
      aria-setsize={shown.value.length}
      aria-posinset={at + 1}
      title={picture.file}
      data-verdict={picture.verdict}
      data-choice={choice}
      style={{
        width: `${tile}px`,
        height: `${tile + captionHeight}px`,
        transform: `translate(${(at % perRow) * (tile + gap)}px, ${Math.floor(at / perRow) * rowHeight}px)`,
      }}
      onClick={() => {
        current.value = place;
        isOpen.value = true;
      }}
    >
      <span class="frame" style={{ height: `${tile}px` }}>
        <Preview picture={picture} side={tile} />
      </span>
      <span class="name">{nameOf(picture)}</span>
      <span class="facts">
        <i class="dot" />
        <span class="unseen">{label}, </span>
        {picture.verdict !== "broken" && [cell, plural(picture.colors, "color")].filter(Boolean).join(" · ")}
      </span>
      {choice && (
        <span class="mark">
          <span aria-hidden="true">{choice === "keep" ? "✓" : "✕"}</span>
          <span class="unseen">{choice === "keep" ? "kept" : "dropped"}</span>
        </span>
      )}
    </div>
  );
}

/**
 * A picture within a square, at a whole number of screen pixels per pixel if that fills most of the
 * square.
 */
export function Preview({ picture, side }: { readonly picture: GalleryPicture; readonly side: number }) {
  if (!picture.preview) return <span class="without">cannot be read</span>;
  const [width, height] = previewSizes(picture).small;
  const room = (side * devicePixelRatio) / Math.max(width, height);
  const scale = Math.floor(room) / room >= 0.75 ? Math.floor(room) : room;
  const size = (pixels: number) => `${(pixels * scale) / devicePixelRatio}px`;
  return (
    <img
      src={previewAddress(picture.preview)}
      alt=""
      decoding="async"
      draggable={false}
      class={scale > 1 ? "pixelated" : undefined}
      data-alpha={picture.alpha}
      style={{ width: size(width), height: size(height) }}
    />
  );
}
