// The style of the bench's page, in the colours of the other pages that the command line writes.

import { pageColours } from "../../src/cli/pages/page-colours.ts";

export const style = `
:root {${pageColours}  --second: light-dark(#1f6f8b, #6fc3df);
  --third: light-dark(#6a4c93, #b79ae0);
}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
  margin: 0 auto;
  max-width: 1180px;
  padding: clamp(20px, 4vw, 56px) 16px 48px;
}
h1 { font-size: clamp(1.8rem, 5vw, 2.8rem); letter-spacing: -0.03em; line-height: 1.1; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; letter-spacing: -0.01em; margin-bottom: 8px; }
header p, section > p, figcaption { color: var(--faint); max-width: 75ch; }
section, dl { margin-top: clamp(28px, 4vw, 44px); }
dl { display: grid; gap: 12px 28px; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); }
dt { color: var(--faint); font-size: 0.85rem; }
dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: 5px 14px 5px 0; text-align: right; white-space: nowrap; }
thead th { border-top: 0; color: var(--faint); font-weight: 400; }
th:first-child, .word { text-align: left; }
th[scope="row"] { font-weight: 500; }
.bar { min-width: 150px; }
.bar span { display: block; position: relative; z-index: 0; }
.bar span::before {
  background: light-dark(#efc3a6, #6b3d22);
  border-radius: 2px;
  content: "";
  inset: 2px auto 2px 0;
  position: absolute;
  width: calc(100% * var(--share));
  z-index: -1;
}
.charts { display: grid; gap: 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
svg { display: block; margin-top: 12px; max-width: 760px; width: 100%; }
svg text { fill: var(--faint); font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); }
.line { fill: none; stroke: var(--faint); stroke-width: 1.5; }
circle { stroke: var(--paper); stroke-width: 1.5; }
circle.series-0 { fill: var(--accent); }
circle.series-1 { fill: var(--second); }
circle.series-2 { fill: var(--third); }
b.series-0 { color: var(--accent); }
b.series-1 { color: var(--second); margin-left: 1em; }
b.series-2 { color: var(--third); margin-left: 1em; }
`;
