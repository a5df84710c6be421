// The loss charts of a page that is a single file: uPlot's style sheet comes with the script.

import uPlotStyle from "uplot/dist/uPlot.min.css";
import { LossCharts } from "../../charts/loss-charts.browser.ts";

export function lossChartsIn(container: HTMLElement): LossCharts {
  document.head.append(Object.assign(document.createElement("style"), { textContent: uPlotStyle }));
  return new LossCharts(container);
}
