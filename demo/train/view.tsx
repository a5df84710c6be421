// The Train view: the start, where a run begins or continues, or else the current run.

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
    // The clicked button is gone, so move the focus to the heading of the new content.
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
