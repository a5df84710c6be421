// The style of the loss charts, which loss-charts.browser.ts draws. The page must define `--paper`,
// `--ink`, `--faint`, `--line` and `--accent`, and include uPlot's style sheet.

export const lossChartsStyle = `
:root {
  --card: light-dark(#fffdf8, #1d2024);
  --series-0: light-dark(#c2531a, #f08a4b);
  --series-1: light-dark(#1f6f8b, #5cb8d6);
  --series-2: light-dark(#6b7a1e, #b9cc5a);
}
.loss-bar { align-items: center; display: flex; flex-wrap: wrap; font-size: 0.9rem; gap: 8px 24px; }
.loss-bar h2 { flex: 1 0 auto; }
.loss-bar label { align-items: center; cursor: pointer; display: flex; gap: 8px; }
.loss-bar input { accent-color: var(--accent); }
.loss-bar button {
  background: none;
  border: 1px solid var(--line);
  border-radius: 4px;
  color: inherit;
  cursor: pointer;
  font: inherit;
  padding: 2px 10px;
}
.loss-bar button:hover { border-color: var(--accent); }
.loss-charts { display: grid; gap: 20px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); margin-top: 14px; }
.loss-charts figure {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 6px;
  margin: 0;
  min-width: 0;
  padding: 14px 14px 10px;
  width: auto;
}
.loss-charts figcaption { align-items: baseline; display: flex; flex-wrap: wrap; gap: 2px 14px; justify-content: flex-start; padding-left: 4px; }
.loss-charts h3 { flex: 1 0 auto; }
.loss-charts figcaption span { font-size: 0.85rem; font-variant-numeric: tabular-nums; }
.loss-charts figcaption span::before {
  border-top: 3px solid;
  content: "";
  display: inline-block;
  margin-right: 6px;
  vertical-align: middle;
  width: 14px;
}
.series-0::before { color: var(--series-0); }
.series-1::before { color: var(--series-1); }
.series-2::before { color: var(--series-2); }
.loss-charts output { display: inline-block; min-width: 4.6ch; text-align: right; }
.loss-charts p { color: var(--faint); font-size: 0.82rem; line-height: 1.4; padding: 6px 4px 0; }
.u-select { background: color-mix(in srgb, var(--accent) 18%, transparent); }
.u-hz .u-cursor-x, .u-hz .u-cursor-y { border-color: var(--faint); }
@media (max-width: 520px) {
  .loss-charts figure { padding: 12px 8px 10px; }
  .loss-charts h3 { flex-basis: 100%; }
  .loss-bar h2 { flex-basis: 100%; }
}
`;
