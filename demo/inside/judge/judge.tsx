// The discriminator: its map of verdicts over a picture, and the patch that each verdict sees.

import { useSignal } from "@preact/signals";
import { checkpointExtensions } from "../../../src/formats/checkpoint/extensions.ts";
import { Button, Select } from "../../parts/controls.tsx";
import { Notice, Picture } from "../../parts/display.tsx";
import { NetworkChoice } from "../../parts/network-choice.tsx";
import { theme } from "../../parts/shell-state.ts";
import { countText } from "../../parts/words.ts";
import type { Judged, Judgement } from "../api.ts";
import { Legend } from "../canvas.tsx";
import { FileButton } from "../file-button.tsx";
import { scales, spreadOf } from "../pictures.ts";
import { ProgressPlace } from "../progress-place.tsx";
import * as state from "../state.ts";
import { numberText, titleOf } from "../words.ts";

const captions: Readonly<Record<Judgement["kind"], string>> = {
  "pixel art": "Hand-drawn pixel art",
  photo: "The photo",
  generated: "The generator’s output",
};

export function JudgeSection() {
  const { answer, busy, problem } = state.judged.value;
  const own = state.judge.value;
  return (
    <section class="stack" aria-labelledby="judge-title">
      <div class="intro">
        <h2 id="judge-title">The discriminator’s verdicts</h2>
        <p>
          The generator’s opponent does not judge the picture as a whole. It slides over the picture and judges each
          overlapping patch: 1 means “drawn by hand”, 0 means “made by the generator”. So it can only enforce what a
          patch can show: crisp cells, few colours, the right edges. Another rule preserves the subject, a cat or a
          tower: <b>the cycle loss</b> requires that translating the pixel art back to a photo gives the same photo.
        </p>
      </div>
      <div class="choices">
        <Select
          label="Pixel art"
          value={state.pixelArt.value}
          choices={(state.choices.value.answer?.pixelArt ?? []).map((name) => ({ value: name, text: titleOf(name) }))}
          onChoose={(name) => {
            state.pixelArt.value = name;
            void state.runJudge();
          }}
        />
        {own && answer?.judge.name === own.file.name && (
          <NetworkChoice
            networks={answer.judge.networks}
            onChoose={(key) => {
              state.judge.value = { ...own, key };
              void state.runJudge();
            }}
          />
        )}
        <div class="row">
          <FileButton
            label="Use your own discriminator: a .pth or .safetensors file"
            accept={checkpointExtensions}
            onFile={(file) => {
              state.judge.value = { file };
              void state.runJudge();
            }}
          />
          {state.judge.value && (
            <Button
              look="quiet"
              onClick={() => {
                state.judge.value = null;
                void state.runJudge();
              }}
            >
              Use the bundled one
            </Button>
          )}
        </div>
      </div>
      <ProgressPlace busy={busy} />
      {problem && <Notice tone="error">{problem}</Notice>}
      {answer ? <Verdicts judged={answer} /> : <div class="judge-place" aria-hidden="true" />}
    </section>
  );
}

function Verdicts({ judged }: { judged: Judged }) {
  const cell = useSignal({ row: 6, column: 6 });
  const { judge, norm, judgements } = judged;
  const { fields, verdicts } = judgements[0];
  const size = fields[0].last - fields[0].first + 1;
  const step = fields.length > 1 ? fields[1].first - fields[0].first : 0;
  const { row, column } = {
    row: Math.min(cell.value.row, verdicts.height - 1),
    column: Math.min(cell.value.column, verdicts.width - 1),
  };
  return (
    <div class="stack">
      <div class="judgements">
        {judgements.map((judgement) => (
          <JudgedPicture
            key={judgement.kind}
            judgement={judgement}
            row={row}
            column={column}
            onCell={(row, column) => (cell.value = { row, column })}
          />
        ))}
      </div>
      <div class="verdict-legend">
        <Legend reach={1} signed text={(end) => (end > 0 ? "1: drawn by hand" : "0: made by the generator")} />
      </div>
      <p class="small">
        Point at a square, or use the arrow keys. The frame shows the {size} × {size} pixels that the verdict sees; at
        the border it extends into the padding. Neighbouring patches are {step} pixels apart. The size follows from the
        layers: in a layer with kernel k and stride s, r neighbouring outputs see (r − 1) · s + k inputs.
        {norm === "instance" &&
          " Strictly speaking, a verdict also depends slightly on the rest of the picture, since each instance norm computes its mean and variance over the whole picture."}
      </p>
      <p class="small faint">
        {judge.name}: {judge.network === "basic" ? "PatchGAN" : judge.network}, {countText(judge.parameters)}{" "}
        parameters.{" "}
        {state.judge.value === null &&
          "It was trained against the bundled generator and won: its verdicts on that generator’s output are near 0, which teaches a generator little. It never saw photos in training, so a verdict on a photo, often below 0, only means that the photo resembles neither."}
      </p>
    </div>
  );
}

interface JudgedPictureProps {
  readonly judgement: Judgement;
  readonly row: number;
  readonly column: number;
  readonly onCell: (row: number, column: number) => void;
}

function JudgedPicture({ judgement, row, column, onCell }: JudgedPictureProps) {
  const { kind, picture, verdicts, fields } = judgement;
  const { width, height, values } = verdicts;
  const verdict = values[row * width + column];
  const { mean } = spreadOf(values);
  const unit = (picture.width / width) * 0.4;
  const centre = ({ first, last }: { first: number; last: number }) => (first + last + 1) / 2;
  const move = (event: KeyboardEvent) => {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    onCell(Math.min(height - 1, Math.max(0, row + down)), Math.min(width - 1, Math.max(0, column + right)));
  };
  const most = scales[theme.value].most;
  return (
    <figure class="judged">
      <div class="judged-picture">
        <Picture picture={picture} label={captions[kind]} />
        <svg
          viewBox={`-3 -3 ${picture.width + 6} ${picture.height + 6}`}
          tabindex={0}
          role="slider"
          aria-label={`${captions[kind]}: verdicts`}
          aria-valuenow={row * width + column}
          aria-valuemin={0}
          aria-valuemax={values.length - 1}
          aria-valuetext={`row ${row + 1}, column ${column + 1}: ${verdict.toFixed(2)}`}
          onKeyDown={move}
        >
          {Array.from(values, (value, i) => {
            const [y, x] = [Math.floor(i / width), i % width];
            return (
              <rect
                key={i}
                class="verdict"
                x={centre(fields[x]) - unit / 2}
                y={centre(fields[y]) - unit / 2}
                width={unit}
                height={unit}
                style={{ fill: `rgb(${mixed(value).join()})` }}
                onPointerEnter={() => onCell(y, x)}
                onPointerDown={() => onCell(y, x)}
              />
            );
          })}
          <rect
            class="patch-frame"
            x={fields[column].first}
            y={fields[row].first}
            width={fields[column].last - fields[column].first + 1}
            height={fields[row].last - fields[row].first + 1}
            style={{ stroke: `rgb(${most.join()})` }}
          />
          <rect
            class="patch-cell"
            x={centre(fields[column]) - unit / 2}
            y={centre(fields[row]) - unit / 2}
            width={unit}
            height={unit}
          />
        </svg>
      </div>
      <figcaption>
        <b>{captions[kind]}</b>
        <span class="number">
          {numberText(Number(verdict.toFixed(2)))} here, {mean.toFixed(2)} on average
        </span>
      </figcaption>
    </figure>
  );
}

/**
 * The colour of a verdict from 0 to 1. Verdicts outside that range get the colour of the nearer
 * end.
 */
function mixed(verdict: number): number[] {
  const { least, zero, most } = scales[theme.value];
  const side = Math.min(1, Math.max(-1, 2 * verdict - 1));
  const end = side < 0 ? least : most;
  return zero.map((from, c) => Math.round(from + Math.abs(side) * (end[c] - from)));
}
