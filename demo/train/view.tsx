// Training in the page: a start, where runs are begun and taken up again, and the run at hand.

import { useEffect, useRef } from "preact/hooks";
import { RunView } from "./run/run-view.tsx";
import { Start } from "./start/start.tsx";
import { keepTime, open, session } from "./state.ts";

export default function View() {
  const root = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  const isRunning = session.current.value !== null;
  useEffect(() => {
    void open();
    return keepTime();
  }, []);
  useEffect(() => {
    // What was clicked is gone: the focus goes on to the heading of what came in its place.
    if (!isFirst.current) {
      scrollTo(0, 0);
      root.current!.querySelector("h1")!.focus({ preventScroll: true });
    }
    isFirst.current = false;
  }, [isRunning]);
  return (
    <div ref={root} class="train stack">
      {isRunning ? <RunView /> : <Start />}
    </div>
  );
}
