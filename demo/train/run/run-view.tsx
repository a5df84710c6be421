// The current run: its progress, its sample pictures, its losses, and the settings that can be
// changed while it trains.

import { Button } from "../../parts/controls.tsx";
import { Facts, Notice, ProgressBar } from "../../parts/display.tsx";
import { bytesText, countText, durationText, flopsText } from "../../parts/words.ts";
import { ExportRun, GeneratorFiles } from "../generator-files.tsx";
import { Sentence } from "../sentence.tsx";
import { now, session } from "../state.ts";
import { Trouble } from "../trouble.tsx";
import { activityWords, ageText, rateText, whereText } from "../words.ts";
import { LivePictures } from "./live-pictures.tsx";
import { Losses } from "./losses.tsx";
import { MessageLog } from "./message-log.tsx";
import { Steering } from "./steering.tsx";

export function RunView() {
  const progress = session.progress.value;
  return (
    <>
      <RunHead />
      <Trouble />
      <div class="run-columns">
        <LivePictures />
        <div class="stack run-side">
          <RunFacts />
          <Steering />
          {progress?.warnings.map((warning) => (
            <Notice key={warning} tone="warning">
              <Sentence>{warning}</Sentence>
            </Notice>
          ))}
        </div>
        <MessageLog />
      </div>
      <Losses />
    </>
  );
}

function RunHead() {
  const { name } = session.current.value!;
  const activity = session.activity.value;
  const progress = session.progress.value;
  const copying = session.copying.value;
  const share = copying ? copying.done / copying.of : progress ? progress.step / progress.steps : 0;
  return (
    <header class="run-head">
      <div class="run-title">
        <h1 tabIndex={-1}>{name}</h1>
        <p class="number">
          <strong role="status">{activityWords[activity]}</strong>
          {copying
            ? ` · copying picture ${countText(copying.done)} of ${countText(copying.of)} to this browser`
            : progress && ` · ${whereText(progress)}`}
        </p>
      </div>
      <RunButtons />
      <ProgressBar share={share} label={copying ? "Copied pictures" : "Progress of the run"} />
    </header>
  );
}

/** The buttons for the current state. Pause and Resume are one button, which keeps the focus. */
function RunButtons() {
  const activity = session.activity.value;
  const { name } = session.current.value!;
  if (!session.isUnderWay) {
    return (
      <div class="row run-buttons">
        {activity !== "finished" && (
          <Button look="primary" onClick={() => void session.continueCurrent()}>
            Continue
          </Button>
        )}
        <ExportRun run={name} />
        <Button onClick={() => void session.leave()}>All runs</Button>
      </div>
    );
  }
  const isPaused = activity === "paused";
  return (
    <div class="row run-buttons">
      <Button
        look="primary"
        disabled={!isPaused && activity !== "training"}
        onClick={() => void (isPaused ? session.resume() : session.pause())}
      >
        {isPaused ? "Resume" : "Pause"}
      </Button>
      <Button disabled={!isPaused} onClick={() => void session.stepOnce()}>
        Single step
      </Button>
      <Button onClick={() => void session.stop()}>Stop</Button>
    </div>
  );
}

function RunFacts() {
  const progress = session.progress.value;
  const saved = session.saved.value;
  const left = progress?.secondsLeft ?? null;
  return (
    <section class="panel run-facts" aria-label="Run details">
      <Facts
        facts={{
          Speed: progress ? rateText(progress.imagesPerSecond) : "–",
          Compute: progress ? `${flopsText(1e9 * progress.gigaflops)}/s` : "–",
          "Time left": left === null ? "–" : durationText(left),
          "GPU memory": progress ? bytesText(progress.memoryBytes) : "–",
          Saved: saved ? `${ageText((now.value - saved.time) / 1000)}, step ${countText(saved.step)}` : "not yet",
          Adapter: session.adapter.value?.name ?? "–",
        }}
      />
      {saved && <GeneratorFiles run={session.current.value!.name} />}
    </section>
  );
}
