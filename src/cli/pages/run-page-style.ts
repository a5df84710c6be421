// The style of a run's page.

import { pageColours } from "./page-colours.ts";

export const style = `
:root {${pageColours}}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body {
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
  margin: 0 auto;
  max-width: max(1200px, 4 * var(--winsize) + 68px);
  padding: clamp(20px, 4vw, 48px) 16px 48px;
}
section, dl { margin-top: clamp(28px, 4vw, 44px); }
h1 { font-size: clamp(1.8rem, 5vw, 2.8rem); letter-spacing: -0.03em; line-height: 1.1; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; letter-spacing: -0.01em; }
h3 { font-size: 1rem; font-weight: 600; }
#where { font-size: clamp(1rem, 2vw, 1.15rem); font-variant-numeric: tabular-nums; margin-top: 0.4em; }
#written { color: var(--faint); font-size: 0.85rem; }
progress { appearance: none; border: 0; display: block; height: 6px; margin: 12px 0 8px; width: 100%; }
progress, progress::-webkit-progress-bar { background: var(--line); border-radius: 3px; overflow: hidden; }
progress::-webkit-progress-value { background: var(--accent); }
progress::-moz-progress-bar { background: var(--accent); }
#warnings:empty { display: none; }
#warnings p {
  background: light-dark(#fbe3d3, #3a241a);
  border-left: 4px solid var(--accent);
  border-radius: 3px;
  max-width: 90ch;
  padding: 12px 16px;
}
#warnings p + p { margin-top: 8px; }
.samples > div { display: grid; gap: 12px; grid-template-columns: repeat(4, minmax(0, 1fr)); max-width: calc(4 * var(--winsize) + 36px); }
.samples > div + div { margin-top: 16px; }
.samples figure { max-width: var(--winsize); }
.samples img { background: var(--line); border-radius: 3px; display: block; height: auto; image-rendering: pixelated; width: 100%; }
.samples figcaption { color: var(--faint); font-size: 0.82rem; line-height: 1.35; margin-top: 6px; }
.samples code { color: var(--ink); font-size: 0.92em; }
#newest h2 { margin-bottom: 10px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
#facts { border-block: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 12px 36px; padding: 16px 0; }
#facts:empty { display: none; }
dt { color: var(--faint); font-size: 0.8rem; }
dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
#earlier article { border-top: 1px solid var(--line); display: flex; gap: 16px; padding: 12px 0; }
#earlier h2 { margin-bottom: 12px; }
#earlier h3 { color: var(--faint); flex: 0 0 3ch; font-variant-numeric: tabular-nums; font-weight: 400; }
#earlier .samples { display: flex; flex: 1; flex-wrap: wrap; gap: 10px 24px; }
#earlier .samples > div { flex: 1 1 300px; gap: 6px; margin: 0; max-width: 512px; }
#earlier figcaption { display: none; }
@media (max-width: 520px) {
  #newest .samples > div { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  #earlier article { flex-direction: column; gap: 6px; }
  #earlier .samples > div { flex-basis: 100%; }
}
`;
