// The Inside view: the networks layer by layer, verdict by verdict, gradient by gradient. Each part
// is computed when it scrolls into view.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Notice } from "../parts/display.tsx";
import { JudgeSection } from "./judge/judge.tsx";
import * as state from "./state.ts";
import { StepSection } from "./step/step.tsx";
import { WalkSection } from "./walk/walk.tsx";

export default function View() {
  const { answer, problem } = state.choices.value;
  useEffect(() => void state.open(), []);
  return (
    <div class="inside">
      <div class="intro">
        <h1>Look inside the networks</h1>
        <p>
          CycleGAN learns to turn photos into pixel art without ever seeing a photo beside its pixel art. Two generators
          translate, one in each direction; two discriminators tell real pictures from generated ones. Everything here
          is computed now, on your machine, by the shaders that you see.
        </p>
      </div>
      {problem && <Notice tone="error">{problem}</Notice>}
      <WalkSection />
      <WhenSeen run={() => answer && !state.judged.peek().answer && void state.runJudge()} ready={answer !== null}>
        <JudgeSection />
      </WhenSeen>
      <WhenSeen run={() => answer && !state.dissected.peek().answer && void state.runStep()} ready={answer !== null}>
        <StepSection />
      </WhenSeen>
    </div>
  );
}

/** Calls `run` once, when its children come near the window. */
function WhenSeen({ run, ready, children }: { run: () => void; ready: boolean; children: ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!ready) return;
    const observer = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (!isIntersecting) return;
        observer.disconnect();
        run();
      },
      { rootMargin: "200px" },
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, [ready]);
  return <div ref={place}>{children}</div>;
}
