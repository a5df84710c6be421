// The charts of all losses, and an explanation of how to read them.

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
        theme.value; // the charts use the page's colours
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
        Look at the pictures first: losses do not tell you when to stop. In each direction two networks compete, so the
        pictures can improve while the curves stay flat.
      </p>
      <dl>
        <dt>
          <code>D_A</code>, <code>D_B</code>
        </dt>
        <dd>
          How poorly a discriminator tells generated pictures from real ones: 0.25 is guessing, 0 is never wrong. Values
          that jump between 0.05 and 0.25 are normal. A loss near 0 for thousands of steps is not: the generator then
          learns nothing from it.
        </dd>
        <dt>
          <code>G_A</code>, <code>G_B</code>
        </dt>
        <dd>
          How far a generator is from fooling its discriminator. It rises when the discriminator improves, which is not
          a failure.
        </dd>
        <dt>
          <code>cycle_A</code>, <code>cycle_B</code>
        </dt>
        <dd>
          What is lost in a translation there and back. It falls fast at first, then slowly. At 1.0 it is 13 of 255
          levels per channel.
        </dd>
        <dt>
          <code>idt_A</code>, <code>idt_B</code>
        </dt>
        <dd>
          What a generator changes in a picture that is already in its target domain. It falls along with the cycle
          loss.
        </dd>
        <dt>
          <code>color</code>, <code>cell</code>, <code>checker</code>
        </dt>
        <dd>
          Only with <code>lambda_color</code>, <code>lambda_cell</code> or <code>lambda_checker</code>: how far the
          cells of generated pixel art are from the source's colours, from having one colour each, and from being free
          of checkerboards that the source does not have.
        </dd>
      </dl>
      <p class="small faint">
        These figures are for <code>gan_mode lsgan</code> and the paper's loss weights. A step sees only one batch, so
        smooth the curves before you compare them.
      </p>
    </details>
  );
}
