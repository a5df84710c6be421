// The part of the report about a short training: the networks' output in its last step, the loss
// curves, and how to continue with one's own pictures.

import { lossChartsStyle } from "../../charts/loss-charts-style.ts";
import { allInOrder } from "../../errors.ts";
import type { HistoryColumns } from "../../train/run/history.ts";
import { definitions, escapeHtml, imageUrl } from "./html.ts";
import script from "./report-training.browser.ts?bundle";

export interface ShortTraining {
  /** What the training used, and what it shows. */
  readonly introduction: string;
  /** Rows of pictures: the input and the results. */
  readonly samples: readonly (readonly { readonly caption: string; readonly path: string }[])[];
  readonly facts: Readonly<Record<string, string>>;
  readonly history: HistoryColumns;
  /** The command for a training of one's own, and what to expect from it. */
  readonly command: string;
  readonly hint: string;
}

export async function trainingHtml(training: ShortTraining): Promise<string> {
  const rows = await allInOrder(training.samples.map(rowHtml));
  return `<section class="training">
<h2>Training</h2>
<p>${escapeHtml(training.introduction)}</p>
<div class="samples">${rows.join("\n")}</div>
<dl>${definitions(Object.entries(training.facts))}</dl>
<div id="losses"></div>
<h2>Train on your own pictures</h2>
<pre><code>${escapeHtml(training.command)}</code></pre>
<p>${escapeHtml(training.hint)}</p>
</section>
<script type="application/json" id="history">${JSON.stringify(training.history)}</script>
<script>${script.replaceAll("</script", "<\\/script")}</script>`;
}

async function rowHtml(row: ShortTraining["samples"][number]): Promise<string> {
  const figures = row.map(async ({ caption, path }) => {
    const label = escapeHtml(caption);
    return `<figure><img src="${await imageUrl(path)}" alt="${label}"><figcaption>${label}</figcaption></figure>`;
  });
  return `<div>${(await allInOrder(figures)).join("")}</div>`;
}

export const trainingStyle = `${lossChartsStyle}
.training {
  border-top: 1px solid var(--line);
  margin: clamp(40px, 6vw, 72px) auto 0;
  max-width: 1040px;
  padding-top: clamp(28px, 4vw, 48px);
}
.training h2 { font-size: clamp(1.4rem, 3vw, 2rem); letter-spacing: -0.02em; line-height: 1.15; }
.training > p { color: var(--faint); margin-top: 0.6em; max-width: 68ch; }
.training .loss-bar h2 { font-size: 1.15rem; letter-spacing: -0.01em; }
.training > #losses ~ h2 { margin-top: 44px; }
.training dl { margin-inline: 0; max-width: none; }
.samples { display: flex; flex-wrap: wrap; gap: 24px 40px; margin-top: 28px; }
.samples > div { display: grid; flex: 1 1 400px; gap: 10px; grid-template-columns: repeat(3, minmax(0, 1fr)); }
.samples img { background: var(--line); border-radius: 3px; display: block; image-rendering: pixelated; width: 100%; }
.samples figcaption { color: var(--faint); font-size: 0.82rem; line-height: 1.35; margin-top: 6px; }
pre {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 6px;
  font-size: 0.9rem;
  margin-top: 14px;
  padding: 12px 16px;
  white-space: pre-wrap;
}
`;
