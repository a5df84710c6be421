// The run's messages, the newest last, as in a terminal. Screen readers announce them when they
// pause.

import { useEffect, useRef } from "preact/hooks";
import { Sentence } from "../sentence.tsx";
import { session } from "../state.ts";

export function MessageLog() {
  const list = useRef<HTMLOListElement>(null);
  const messages = session.messages.value;
  useEffect(() => {
    list.current!.scrollTop = list.current!.scrollHeight;
  }, [messages]);
  return (
    <section class="panel message-log" aria-label="Messages">
      <h2>Messages</h2>
      <ol ref={list} aria-live="polite" tabIndex={0} aria-label="Messages of the run">
        {messages.map(({ time, sentence }, index) => (
          <li key={`${time} ${index}`} class="small">
            <time class="faint number">{new Date(time).toLocaleTimeString()}</time> <Sentence>{sentence}</Sentence>
          </li>
        ))}
        {messages.length === 0 && <li class="small faint">No messages yet.</li>}
      </ol>
    </section>
  );
}
