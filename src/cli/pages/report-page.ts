// The style and script of the report. A picture is drawn at a whole number of screen pixels per
// pixel if there is room, so all its cells have the same size: at its own size in the gallery,
// twice as large at the top. The detail beside it is a square of the same height, twice as large
// again.

import { pageColours } from "./page-colours.ts";

export const style = `
:root {${pageColours}}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
  margin: 0 auto;
  max-width: 1280px;
  padding: clamp(20px, 4vw, 56px) 16px 32px;
}
header { margin: 0 auto clamp(20px, 3vw, 36px); max-width: 768px; }
h1 { font-size: clamp(1.9rem, 5vw, 3.2rem); letter-spacing: -0.03em; line-height: 1.05; text-wrap: balance; }
header p { color: var(--faint); font-size: clamp(1rem, 2vw, 1.15rem); margin-top: 0.6em; max-width: 60ch; }
.hero, .gallery { display: flex; flex-wrap: wrap; gap: 28px 16px; justify-content: center; }
:is(.hero, .gallery) figure {
  --zoom: 1;
  align-content: start;
  display: flex;
  flex-wrap: wrap;
  gap: 6px;
  width: min(100%, (var(--width) + var(--height)) * var(--zoom) * 1px + 6px);
}
.hero figure { --zoom: 2; }
.palette, figcaption, .measures { flex: 1 0 100%; }
.detail { aspect-ratio: 1; border-radius: 3px; flex: var(--height) 1 0; overflow: hidden; }
@media (max-width: 480px) {
  :is(.hero, .gallery) figure { width: 100%; }
  .detail { aspect-ratio: 2; flex: 1 0 100%; }
}
.detail img {
  display: block;
  height: 100%;
  image-rendering: pixelated;
  object-fit: cover;
  transform: scale(2);
  width: 100%;
}
.pair {
  aspect-ratio: var(--width) / var(--height);
  flex: var(--width) 1 0;
  border-radius: 3px;
  cursor: ew-resize;
  overflow: hidden;
  position: relative;
  --cut: 40%;
}
.pair:focus-within { outline: 3px solid var(--accent); outline-offset: 3px; }
.pair img { display: block; height: 100%; position: absolute; width: 100%; }
.pair .after { clip-path: inset(0 0 0 var(--cut)); image-rendering: pixelated; }
.pair::after {
  background: #fff;
  box-shadow: 0 0 0 1px #0005;
  content: "";
  height: 100%;
  left: calc(var(--cut) - 1px);
  pointer-events: none;
  position: absolute;
  width: 2px;
}
.pair input {
  appearance: none;
  background: none;
  cursor: inherit;
  height: 100%;
  opacity: 0;
  position: absolute;
  touch-action: pan-y;
  width: 100%;
}
.pair input::-webkit-slider-thumb { appearance: none; height: 100%; width: 2px; }
.pair input::-moz-range-thumb { border: 0; height: 100%; width: 2px; }
.tag {
  background: #000a;
  border-radius: 2px;
  bottom: 8px;
  color: #fff;
  font-size: 0.75rem;
  left: 8px;
  line-height: 1;
  opacity: 0;
  padding: 5px 7px;
  position: absolute;
  transition: opacity 0.15s;
}
.tag + .tag { left: auto; right: 8px; }
.hero .tag, .pair:hover .tag, .pair:focus-within .tag { opacity: 1; }
.palette { border-radius: 2px; display: flex; height: 12px; overflow: hidden; }
.palette i { flex: 1; }
figcaption { display: flex; flex-wrap: wrap; font-size: 0.95rem; gap: 0 10px; justify-content: space-between; }
.measures { font-size: 0.8rem; font-variant-numeric: tabular-nums; }
small, footer, .measures { color: var(--faint); }
dl {
  border-block: 1px solid var(--line);
  display: flex;
  flex-wrap: wrap;
  gap: 12px 32px;
  margin: clamp(24px, 4vw, 44px) auto;
  max-width: 768px;
  padding: 16px 0;
}
dt { color: var(--faint); font-size: 0.8rem; }
dd { font-variant-numeric: tabular-nums; }
footer { font-size: 0.78rem; margin: 56px auto 0; max-width: 768px; }
footer h2 { font-size: 0.85rem; }
footer ul { list-style: none; padding: 0; }
`;

/**
 * A mouse moves the border by hovering over a picture, touch drags it, and arrow keys move it in
 * steps.
 */
export const script = `
for (const input of document.querySelectorAll(".pair input")) {
  const show = () => input.parentElement.style.setProperty("--cut", input.value + "%");
  input.addEventListener("input", show);
  input.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    const { left, width } = input.getBoundingClientRect();
    input.value = (100 * (event.clientX - left)) / width;
    show();
  });
}
`;
