// The script of the report's training: draws its charts once.

import { LossCharts } from "./loss-charts.browser.ts";

new LossCharts().show(JSON.parse(document.getElementById("history")!.textContent));
