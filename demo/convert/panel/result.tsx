// Downloads of the shown result, and facts about it.

import { Button } from "../../parts/controls.tsx";
import { bytesText, durationText } from "../../parts/words.ts";
import type { AnimationFile } from "../api.ts";
import { cellText } from "../grid-words.ts";
import { cell, look } from "../settings.ts";
import { lengthText } from "../stage/playback.ts";
import { downloadAnimation, downloadPng, packing } from "../state/downloads.ts";
import { isAnimated, selected, timingOf, type Picture } from "../state/pictures.ts";
import { cameraHasStage, scene } from "../state/scene.ts";

export function Result() {
  const picture = selected.value;
  const isDone = picture?.state.value.kind === "done" && !cameraHasStage.value;
  return (
    <section class="stack tight">
      {picture && isAnimated(picture) ? (
        <AnimationFiles picture={picture} disabled={!isDone} />
      ) : (
        <Button look="primary" disabled={!isDone} onClick={() => picture && void downloadPng(picture)}>
          Download PNG
        </Button>
      )}
      <p class="small faint result-facts">{picture && isDone ? <ResultFacts picture={picture} /> : " "}</p>
    </section>
  );
}

/**
 * A GIF comes first, since most people want one. If it cannot hold the colours, an animated PNG
 * does.
 */
function AnimationFiles({ picture, disabled }: { readonly picture: Picture; readonly disabled: boolean }) {
  const suitsGif = scene.value?.after?.suitsGif ?? true;
  if (packing.value !== null) return <p class="small">Packing {Math.round(100 * packing.value)} %</p>;
  const save = (file: AnimationFile) => () => void downloadAnimation(picture, file);
  return (
    <>
      <Button look="primary" disabled={disabled} onClick={save(suitsGif ? "gif" : "png")}>
        Download {suitsGif ? "GIF" : "animated PNG"}
      </Button>
      <div class="formats">
        {suitsGif && (
          <Button small disabled={disabled} onClick={save("png")}>
            Animated PNG
          </Button>
        )}
        <Button small disabled={disabled} label="Sprite sheet: a PNG and its JSON in a zip" onClick={save("sheet")}>
          Sprite sheet
        </Button>
        <Button small disabled={disabled} label="Frames: a PNG of each frame in a zip" onClick={save("frames")}>
          Frames
        </Button>
      </div>
      {!suitsGif && <p class="small faint">A GIF cannot hold this many colours. Limit them to save one.</p>}
    </>
  );
}

function ResultFacts({ picture }: { readonly picture: Picture }) {
  const source = picture.source.value;
  const seconds = picture.painted.value;
  const after = scene.value?.id === picture.id ? scene.value.after : null;
  const timing = timingOf(picture);
  const length = timing && timing.delays.length > 1 ? ` ${lengthText(timing)}.` : "";
  if (picture.isOnGrid.value) {
    const { size, cell } = picture.finding.value!;
    return (
      <>
        {after && `${after.width} × ${after.height} pixels: `}
        {size.join(" × ")} cells of {cellText(cell)} px, without the network.{length}
      </>
    );
  }
  if (!source || !after || seconds === null) return null;
  const { width, height, fullWidth, fullHeight } = source;
  const cells =
    look.value === "art" ? `, ${Math.ceil(width / cell.value)} × ${Math.ceil(height / cell.value)} cells` : "";
  const bytes = picture.files.reduce((sum, { size }) => sum + size, 0);
  const isOtherSize = width !== fullWidth || height !== fullHeight;
  return (
    <>
      {after.width} × {after.height} pixels{cells}.{length} Converted in {durationText(seconds)}.
      {isOtherSize &&
        `${picture.files.length > 1 ? " The files" : " The file"} (${fullWidth} × ${fullHeight}, ${bytesText(bytes)}) ${picture.files.length > 1 ? "were" : "was"} resized to ${width} × ${height} first.`}
    </>
  );
}
