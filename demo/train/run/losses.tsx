// The curves of all losses, and how they are to be read.

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LossCharts } from "../../../src/charts/loss-charts.browser.ts";
import { theme } from "../../parts/shell-state.ts";
import { session } from "../state.ts";

export function Losses() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const charts = new LossCharts(place.current!);
    const ends = [
      effect(() => charts.show(session.history.value)),
      effect(() => {
        theme.value; // the colours are those of the page
        charts.redraw();
      }),
      () => charts.destroy(),
    ];
    return () => ends.forEach((end) => end());
  }, []);
  return (
    <section class="losses stack" aria-label="Losses">
      <div ref={place} />
      <HowToRead />
    </section>
  );
}

function HowToRead() {
  return (
    <details class="panel how-to-read">
      <summary>How to read the losses</summary>
      <p>
        Look at the pictures first: losses do not say when to stop. Two networks play against each other on either side,
        so a curve that stands still may be a run that gets better.
      </p>
      <dl>
        <dt>
          <code>D_A</code>, <code>D_B</code>
        </dt>
        <dd>
          How badly a discriminator tells real pictures from made ones. 0.25 is guessing, 0 is never wrong. Jumping
          about between 0.05 and 0.25 is usual. Near 0 for thousands of steps is not: its generator then learns nothing
          from it.
        </dd>
        <dt>
          <code>G_A</code>, <code>G_B</code>
        </dt>
        <dd>How far a generator is from passing for real. When it rises, its discriminator got better: no failure.</dd>
        <dt>
          <code>cycle_A</code>, <code>cycle_B</code>
        </dt>
        <dd>
          What is lost on the way there and back. Falls fast at first, then slowly. At 1.0 it is 13 of 255 levels a
          channel.
        </dd>
        <dt>
          <code>idt_A</code>, <code>idt_B</code>
        </dt>
        <dd>What a generator changes in a picture that already is what it should make. Falls along with the cycle.</dd>
        <dt>
          <code>color</code>, <code>cell</code>, <code>checker</code>
        </dt>
        <dd>
          Only with <code>lambda_color</code>, <code>lambda_cell</code> or <code>lambda_checker</code>: how far the
          cells of made pixel art are from the source's colours, from one colour each, and from no chessboards that the
          source does not have.
        </dd>
      </dl>
      <p class="small faint">
        The figures are for <code>gan_mode lsgan</code> and the weights of the paper. A step is one picture of each
        side, so smooth before you compare.
      </p>
    </details>
  );
}
