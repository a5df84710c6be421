// The page of a run, web/index.html in its folder. It is self-contained except for its pictures and
// data.js beside it, which it reloads regularly. So it follows the run without being reloaded
// itself, and works from a disk, where a page may not fetch anything.

import { lossChartsStyle } from "../../charts/loss-charts-style.ts";
import type { LossHistory } from "../../train/run/history.ts";
import { listSamples } from "../../train/run/sample-files.ts";
import type { Storage } from "../../train/run/storage.ts";
import type { RunSummary } from "../../train/run/summary.ts";
import { withFlags } from "../options/flags.ts";
import { formatDuration } from "../terminal/progress.ts";
import { style } from "./run-page-style.ts";
import script from "./run-page.browser.ts?bundle";

/** A run's status for the page, apart from its losses and samples. */
export type RunStatus = Pick<
  RunSummary,
  "name" | "state" | "step" | "steps" | "epoch" | "epochs" | "facts" | "warnings"
> & {
  /** Null while it is unknown. */
  readonly secondsLeft: number | null;
};

/**
 * Writes the page: the run's status, its history, and the samples in its folder.
 *
 * @param winsize the width of a sample in pixels, if there is room for it
 * @throws UserError if it cannot be written, for example on a full disk
 */
export async function writeRunPage(
  storage: Storage,
  status: RunStatus,
  history: LossHistory,
  winsize: number,
): Promise<void> {
  // Selected by name, since the caller's object may have other fields.
  const { name, state, step, steps, epoch, epochs, facts, warnings, secondsLeft } = status;
  const summary: RunSummary = {
    ...{ name, state, step, steps, epoch, epochs, facts },
    warnings: warnings.map(withFlags),
    timeLeft: secondsLeft === null ? null : formatDuration(secondsLeft),
    written: Date.now(),
    history: history.columns(),
    samples: await listSamples(storage),
  };
  await storage.write("web/data.js", `showRun(${JSON.stringify(summary)});\n`);
  await storage.write("web/index.html", page(winsize));
}

const page = (winsize: number) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>pixelcycle</title>
<style>${style}${lossChartsStyle}</style>
</head>
<body style="--winsize: ${winsize}px">
<header>
<h1 id="name"></h1>
<p id="where"></p>
<progress id="progress" max="1" value="0" aria-label="Progress of the run"></progress>
<p id="written"></p>
</header>
<section id="warnings" aria-live="polite"></section>
<section id="newest" aria-label="Newest samples"></section>
<section id="losses" hidden></section>
<dl id="facts"></dl>
<section id="earlier" hidden><h2>Earlier epochs</h2><div></div></section>
<noscript>This page needs JavaScript. loss_log.txt and web/images contain the same data.</noscript>
<script>${script.replaceAll("</script", "<\\/script")}</script>
</body>
</html>
`;
