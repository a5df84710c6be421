// The loss charts of a single-file page. The script brings uPlot's style sheet.

import uPlotStyle from "uplot/dist/uPlot.min.css";
import { LossCharts } from "../../charts/loss-charts.browser.ts";

export function lossChartsIn(container: HTMLElement): LossCharts {
  document.head.append(Object.assign(document.createElement("style"), { textContent: uPlotStyle }));
  return new LossCharts(container);
}
