// The style of a test's page. The six pictures of a row are side by side in a wide window,
// otherwise in two rows of three. For a single generator, as many pairs as fit are side by side.

import { pageColours } from "../../pages/page-colours.ts";

export const style = `
:root {${pageColours}}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
  margin: 0 auto;
  max-width: calc(6 * var(--winsize) + 120px);
  min-width: min(100%, 320px);
  padding: clamp(20px, 3vw, 40px) clamp(12px, 2vw, 24px) 48px;
}
h1 { font-size: clamp(1.8rem, 5vw, 2.8rem); letter-spacing: -0.03em; line-height: 1.1; overflow-wrap: anywhere; }
header p { font-size: clamp(1rem, 2vw, 1.15rem); font-variant-numeric: tabular-nums; margin-top: 0.4em; }
.facts { border-block: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 8px 32px; margin-top: 20px; padding: 14px 0; }
dt { color: var(--faint); font-size: 0.8rem; }
dd { overflow-wrap: anywhere; }
.legend, article { display: flex; flex-wrap: wrap; gap: 12px clamp(14px, 2vw, 32px); }
.legend { font-size: 0.85rem; margin-top: 16px; }
.legend dl, section { flex: 1 1 440px; max-width: calc(3 * var(--winsize) + 16px); min-width: 0; }
.legend div { display: flex; gap: 10px; }
.legend dt, figcaption { flex: none; font: 0.8rem/1.6 ui-monospace, monospace; }
.legend dt { color: var(--ink); min-width: 6ch; }
.legend dd { color: var(--faint); }
.warning {
  background: light-dark(#fbe3d3, #3a241a);
  border-left: 4px solid var(--accent);
  border-radius: 3px;
  margin-top: 14px;
  max-width: 90ch;
  overflow-wrap: anywhere;
  padding: 10px 14px;
}
main { margin-top: 22px; }
.test { display: grid; gap: 0 32px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 2 * var(--winsize) + 8px), 1fr)); }
article { border-top: 1px solid var(--line); padding: 14px 0 20px; }
h2 { color: var(--faint); font-size: 0.85rem; font-weight: 400; margin-bottom: 6px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
section > div { display: flex; gap: 8px; }
figure { flex: 0 1 var(--winsize); min-width: 0; }
img { background: var(--line); border-radius: 3px; display: block; height: auto; image-rendering: pixelated; width: 100%; }
img.shrunk { image-rendering: auto; }
a { border-radius: 3px; display: block; }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
figcaption { color: var(--faint); margin-top: 3px; }
@media (max-width: 480px) { .legend dl, section { flex-basis: 100%; } section > div { gap: 4px; } }
`;

/**
 * Keeps pixels sharp when they are drawn at their size or larger. When the page shrinks a picture,
 * dropping rows would spoil it.
 */
export const script = `
const choose = () => {
  for (const image of document.images) {
    const drawn = image.clientWidth * devicePixelRatio;
    image.classList.toggle("shrunk", drawn < Number(image.getAttribute("width")));
  }
};
addEventListener("resize", choose);
choose();
`;
