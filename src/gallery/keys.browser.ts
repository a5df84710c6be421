// Keyboard control: arrows move through the pictures, K keeps, D drops, U resets to undecided. In
// the large view, + and - change the size and G toggles the grid.

import { isGridShown, zoom, zoomBy } from "./stage.browser.tsx";
import { current, decide, isOpen, layout, move, pictures } from "./state.browser.ts";

const anywhere: Record<string, () => void> = {
  k: () => decide("keep"),
  d: () => decide("drop"),
  u: () => decide(undefined),
  ArrowLeft: () => move(-1),
  ArrowRight: () => move(1),
};

const inList: Record<string, () => void> = {
  ArrowUp: () => move(-layout.value.perRow),
  ArrowDown: () => move(layout.value.perRow),
  PageUp: () => move(-layout.value.perRow * rowsInWindow()),
  PageDown: () => move(layout.value.perRow * rowsInWindow()),
  Home: () => move(-Infinity),
  End: () => move(Infinity),
  Enter: () => (isOpen.value = true),
};

const inCloseup: Record<string, () => void> = {
  "+": () => zoomBy(1, pictures[current.value]),
  "=": () => zoomBy(1, pictures[current.value]),
  "-": () => zoomBy(-1, pictures[current.value]),
  "0": () => (zoom.value = "fit"),
  g: () => (isGridShown.value = !isGridShown.value),
};

const rowsInWindow = () => Math.max(1, Math.floor(innerHeight / layout.value.rowHeight) - 1);

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (pictures.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    // In form fields, letters and arrows keep their usual function; arrows also do in elements that
    // they scroll.
    if (target.matches("input, select, textarea")) return;
    const isList = target.matches(".tiles, body");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = anywhere[key] ?? (isOpen.value ? inCloseup[key] : isList ? inList[key] : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
