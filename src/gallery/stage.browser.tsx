// Shows a picture with its grid, at a whole number of screen pixels per pixel if there is room. If
// it is larger than the window, it can be scrolled or dragged.

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { GalleryPicture } from "./data.ts";
import { hasGrid } from "./facets.ts";
import { previewSizes } from "./preview.ts";
import { previewAddress } from "./words.ts";

/** Kept from picture to picture. */
export const isGridShown = signal(true);
/**
 * Screen pixels per pixel. `auto` fits the picture into the window, or makes it larger if the grid
 * would otherwise be invisible.
 */
export const zoom = signal<number | "fit" | "auto">("auto");

const zooms = [0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
/** With less distance between lines, in screen pixels, they would hide the picture. */
const leastStep = 4;
/** The distance of lines that is clearly visible. */
const goodStep = 8;

/** The space for a picture, in screen pixels. */
const room = signal<readonly [number, number]>([0, 0]);

/** Screen pixels per pixel. */
function scaleOf(picture: GalleryPicture): number {
  if (typeof zoom.value === "number") return zoom.value;
  const most = Math.min(room.value[0] / (picture.width || 1), room.value[1] / (picture.height || 1));
  const fitting = most >= 1 ? Math.floor(most) : most;
  if (zoom.value === "fit" || !canHaveGrid(picture) || !isGridShown.value) return fitting;
  return fitting * stepOf(picture) >= goodStep ? fitting : Math.ceil(goodStep / stepOf(picture));
}

const stepOf = ({ cellX, cellY }: GalleryPicture) => Math.min(cellX, cellY);
const canHaveGrid = (picture: GalleryPicture) => hasGrid(picture) && stepOf(picture) > 1;

export function zoomBy(direction: 1 | -1, picture: GalleryPicture): void {
  const now = scaleOf(picture);
  const next = direction > 0 ? zooms.find((step) => step > now) : zooms.findLast((step) => step < now);
  if (next !== undefined) zoom.value = next;
}

export function Stage({ picture }: { readonly picture: GalleryPicture }) {
  const scroll = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { parentElement } = scroll.current!;
    const measure = () =>
      (room.value = [parentElement!.clientWidth * devicePixelRatio, parentElement!.clientHeight * devicePixelRatio]);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(parentElement!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => draggable(scroll.current!), []);
  const { width, height, preview, alpha } = picture;
  const scale = scaleOf(picture) / devicePixelRatio;
  // A picture larger than its space is first scrolled to its middle.
  useLayoutEffect(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = scroll.current!;
    scroll.current!.scrollTo((scrollWidth - clientWidth) / 2, (scrollHeight - clientHeight) / 2);
  }, [scale]);
  const large = previewSizes(picture).large;
  const step = stepOf(picture) * scaleOf(picture);
  return (
    <div class="stage">
      <div class="room">
        <div ref={scroll} class="scroll" tabIndex={0} role="region" aria-label="Picture">
          {preview ? (
            <div class="sheet" style={{ width: `${width * scale}px`, height: `${height * scale}px` }}>
              <img
                src={previewAddress(preview, large !== undefined)}
                alt={`${picture.file}, ${width} by ${height} pixels`}
                draggable={false}
                class={scaleOf(picture) >= 1 ? "pixelated" : undefined}
                data-alpha={alpha}
              />
              {isGridShown.value && canHaveGrid(picture) && step >= leastStep && (
                <Grid picture={picture} strength={Math.min(1, step / 16)} />
              )}
            </div>
          ) : (
            <p class="without">This picture cannot be read: {picture.reason}</p>
          )}
        </div>
      </div>
      <div class="tools">
        <button type="button" class="button small" aria-label="Zoom out (−)" onClick={() => zoomBy(-1, picture)}>
          −
        </button>
        <output class="size">× {nice(scaleOf(picture))}</output>
        <button type="button" class="button small" aria-label="Zoom in (+)" onClick={() => zoomBy(1, picture)}>
          +
        </button>
        <button
          type="button"
          class="button small"
          aria-pressed={zoom.value === "fit"}
          onClick={() => (zoom.value = zoom.value === "fit" ? "auto" : "fit")}
        >
          Fit <kbd>0</kbd>
        </button>
        <button
          type="button"
          class="button small"
          aria-pressed={isGridShown.value}
          disabled={!canHaveGrid(picture)}
          onClick={() => (isGridShown.value = !isGridShown.value)}
        >
          Grid <kbd>G</kbd>
        </button>
        {isGridShown.value && canHaveGrid(picture) && step < leastStep && (
          <span class="faint small">the grid shows when larger</span>
        )}
        {large && large[0] < width && (
          <span class="faint small">
            shrunk to {large[0]} × {large[1]} for this page
          </span>
        )}
      </div>
    </div>
  );
}

const nice = (value: number) => String(Math.round(100 * value) / 100);

/** The lines between cells, in the picture's own pixels, as a single path at any size. */
function Grid({ picture, strength }: { readonly picture: GalleryPicture; readonly strength: number }) {
  const { width, height, cellX, cellY, phaseX, phaseY } = picture;
  const lines = (phase: number, step: number, side: number) => {
    const first = phase - step * Math.floor(phase / step);
    return Array.from({ length: Math.max(0, Math.floor((side - first) / step) + 1) }, (_, i) => first + i * step);
  };
  const path = [
    ...lines(phaseX, cellX, width).map((x) => `M${x} 0V${height}`),
    ...lines(phaseY, cellY, height).map((y) => `M0 ${y}H${width}`),
  ].join("");
  return (
    <svg class="grid" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} stroke-opacity={strength} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

/** A mouse drags a picture that is larger than its space; touch scrolling needs no help. */
function draggable(room: HTMLElement): () => void {
  const down = (event: PointerEvent) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    room.setPointerCapture(event.pointerId);
    room.addEventListener("pointermove", drag);
  };
  const drag = ({ movementX, movementY }: PointerEvent) => room.scrollBy(-movementX, -movementY);
  const up = () => room.removeEventListener("pointermove", drag);
  room.addEventListener("pointerdown", down);
  room.addEventListener("pointerup", up);
  return () => {
    room.removeEventListener("pointerdown", down);
    room.removeEventListener("pointerup", up);
  };
}
