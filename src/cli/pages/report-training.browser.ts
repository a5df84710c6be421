// The script of the report's training: draws its charts once.

import { lossChartsIn } from "./loss-charts.browser.ts";

const history = JSON.parse(document.getElementById("history")!.textContent);
lossChartsIn(document.getElementById("losses")!).show(history);
