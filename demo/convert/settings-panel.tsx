// The model and the settings of the result. Every slider updates the result immediately.

import { computed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { checkpointExtensions } from "../../src/formats/checkpoint-name.ts";
import { ditherKinds, type DitherKind } from "../../src/pixelart/dither.ts";
import { Button, Segmented, Select, Slider } from "../parts/controls.tsx";
import { ProgressBar } from "../parts/display.tsx";
import { NetworkChoice } from "../parts/network-choice.tsx";
import { bytesText, countText, durationText } from "../parts/words.ts";
import type { AnimationFile } from "./api.ts";
import { cellText } from "./grid-words.ts";
import { given, locked } from "./palette-choice.ts";
import { PaletteSection } from "./palette.tsx";
import { lengthText } from "./playback.ts";
import {
  allColours,
  automaticColours,
  cell,
  cleanProblem,
  dither,
  ditherProblem,
  ditherStrength,
  chooseLongestSide,
  clean,
  colours,
  keepColors,
  largestCell,
  longestSide,
  longestSides,
  look,
  ownScale,
  scale,
} from "./settings.ts";
import { downloadAnimation, downloadPng, packing } from "./state/downloads.ts";
import { drawAll } from "./state/drawing.ts";
import { cards, chooseBundled, chooseFile, model, ownFile } from "./state/model.ts";
import { isAnimated, selected, timingOf, type Picture } from "./state/pictures.ts";
import { cameraHasStage, scene } from "./state/scene.ts";

export function Settings() {
  return (
    <aside class="settings panel" aria-label="Model and settings">
      <ModelChoice />
      <Look />
      <Result />
      <PaletteSection
        found={scene.value?.after?.palette ?? null}
        reason={paletteReason()}
        disabled={!hasColours.value}
      />
      <More />
    </aside>
  );
}

function paletteReason(): string {
  if (!hasColours.value) return "The network's output has no palette.";
  if (onGrid.value && scene.value?.after)
    return "The picture keeps its own colours, too many for a palette. Choose a palette, or limit the colours.";
  if (colours.value === allColours) return "All colours are kept. Move the Colours slider left to limit them.";
  return "The palette appears with the result.";
}

/**
 * Whether the shown picture is snapped to its own grid, so that network and cell size do not apply.
 */
const onGrid = computed(() => !cameraHasStage.value && selected.value?.isOnGrid.value === true);

/** Whether the colours of the shown result can be chosen. */
const hasColours = computed(() => onGrid.value || look.value === "art");

function ModelChoice() {
  const input = useRef<HTMLInputElement>(null);
  const now = model.value;
  const name = now.kind === "loading" ? now.name : now.kind === "ready" ? now.description.name : "";
  const bundled = cards.value.map((card) => ({ value: card.name, text: card.name }));
  const isOther = name !== "" && !bundled.some(({ value }) => value === name);
  return (
    <section class="stack tight">
      <div class="model">
        <Select
          label="Model"
          value={name}
          choices={isOther ? [...bundled, { value: name, text: name }] : bundled}
          disabled={now.kind === "loading"}
          onChoose={(chosen) => {
            if (bundled.some(({ value }) => value === chosen)) void chooseBundled(chosen);
          }}
        />
        <Button onClick={() => input.current!.click()} label="Open a model: a .pth or .safetensors file">
          Open…
        </Button>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept={checkpointExtensions}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) void chooseFile(file);
          currentTarget.value = "";
        }}
      />
      {ownFile.value && (
        <NetworkChoice
          networks={ownFile.value.networks}
          disabled={now.kind === "loading"}
          onChoose={(key) => void chooseFile(ownFile.value!.file, key)}
        />
      )}
      <p class="small faint model-facts" aria-live="polite">
        <ModelFacts />
      </p>
    </section>
  );
}

function ModelFacts() {
  const now = model.value;
  if (now.kind === "failed") return <>No model is loaded.</>;
  if (now.kind === "loading") {
    return (
      <>
        Loading {now.name}…
        <ProgressBar share={now.share} label="Model download" />
      </>
    );
  }
  const { description, network, ngf, norm, parameters, precision, inputChannels, outputChannels } = now.description;
  const channels =
    inputChannels === 3 && outputChannels === 3 ? "" : `, ${inputChannels} to ${outputChannels} channels`;
  return (
    <>
      {description && `${description} `}
      {network}, width {ngf}, {norm} norm{channels}, {countText(parameters)} parameters in {precision}.
      {now.reason && ` ${now.reason}`}
    </>
  );
}

function coloursText(value: number): string {
  if (given.value) return `${given.value.colours.length} (palette)`;
  if (value === automaticColours) return onGrid.value && locked.value.length === 0 ? "unchanged" : "auto";
  return value === allColours ? "all" : String(Math.max(value, locked.value.length));
}

function Look() {
  const isOnGrid = onGrid.value;
  const isArt = look.value === "art";
  return (
    <section class="stack tight">
      <Segmented
        label="Show"
        value={look.value}
        choices={[
          { value: "art", text: "Pixel art" },
          { value: "drawing", text: "Network output" },
        ]}
        disabled={isOnGrid}
        onChoose={(value) => (look.value = value)}
      />
      <Slider
        label="Cell size"
        value={cell.value}
        least={1}
        most={largestCell}
        text={(value) => `${isOnGrid ? cellText(selected.value!.finding.value!.cell) : value} px`}
        disabled={!isArt || isOnGrid}
        onInput={(value) => (cell.value = value)}
      />
      <Slider
        label="Colours"
        value={colours.value}
        least={automaticColours}
        most={allColours}
        text={coloursText}
        disabled={!hasColours.value || given.value !== null}
        onInput={(value) => (colours.value = value)}
      />
    </section>
  );
}

const ditherNames: Readonly<Record<DitherKind, string>> = {
  none: "None",
  "bayer-2": "Bayer 2 × 2",
  "bayer-4": "Bayer 4 × 4",
  "bayer-8": "Bayer 8 × 8",
  "bayer-16": "Bayer 16 × 16",
  "blue-noise": "Blue noise",
  "floyd-steinberg": "Floyd–Steinberg",
  atkinson: "Atkinson",
};

/** Settings that few people need, collapsed at first. */
function More() {
  const isOnGrid = onGrid.value;
  const isPainted = look.value === "art" && !isOnGrid;
  const problem = hasColours.value ? ditherProblem.value : undefined;
  return (
    <details class="more">
      <summary>Dithering, cleaning, size</summary>
      <section class="stack tight">
        <Select
          label="Dithering"
          value={problem ? "none" : dither.value}
          choices={ditherKinds.map((value) => ({ value, text: ditherNames[value] }))}
          hint={problem}
          disabled={!hasColours.value || problem !== undefined}
          onChoose={(value) => (dither.value = value)}
        />
        {dither.value !== "none" && !problem && (
          <Slider
            label="Dithering strength"
            value={Math.round(100 * ditherStrength.value)}
            least={0}
            most={100}
            step={5}
            text={(value) => `${value} %`}
            disabled={!hasColours.value}
            onInput={(value) => (ditherStrength.value = value / 100)}
          />
        )}
        <Slider
          label="Keep the photo's colours"
          value={Math.round(100 * keepColors.value)}
          least={0}
          most={100}
          text={(value) => `${value} %`}
          disabled={!isPainted}
          onInput={(value) => (keepColors.value = value / 100)}
        />
        <Slider
          label="Cleaning"
          value={Math.round(100 * clean.value)}
          least={0}
          most={100}
          step={10}
          text={(value) => (value === 0 ? "off" : `${value} %`)}
          hint={isPainted ? cleanProblem.value : undefined}
          disabled={!isPainted || cleanProblem.value !== undefined}
          onInput={(value) => (clean.value = value / 100)}
        />
        {isOnGrid ? (
          <Slider
            label="Scale"
            value={ownScale.value}
            least={1}
            most={largestCell}
            text={(value) => `${value}×${value === 1 ? " (one pixel per cell)" : ""}`}
            onInput={(value) => (ownScale.value = value)}
          />
        ) : (
          <Slider
            label="Scale"
            value={scale.value ?? cell.value}
            least={1}
            most={largestCell}
            text={(value) => `${value}×${scale.value === null ? " (cell size)" : ""}`}
            disabled={!isPainted}
            onInput={(value) => (scale.value = value === cell.value ? null : value)}
          />
        )}
        <Select
          label="Longest side"
          value={String(longestSide.value)}
          choices={longestSides.map((side) => ({
            value: String(side),
            text: side === null ? "No limit" : `${side} px`,
          }))}
          onChoose={(value) => {
            chooseLongestSide(value === "null" ? null : Number(value));
            drawAll();
          }}
        />
      </section>
    </details>
  );
}

function Result() {
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
      <div class="row">
        {suitsGif && (
          <Button small disabled={disabled} onClick={save("png")}>
            Animated PNG
          </Button>
        )}
        <Button small disabled={disabled} label="Sprite sheet: a PNG and its JSON in a zip" onClick={save("sheet")}>
          Sprite sheet
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
  const isOtherSize = width !== fullWidth || height !== fullHeight;
  return (
    <>
      {after.width} × {after.height} pixels{cells}.{length} Converted in {durationText(seconds)}.
      {isOtherSize &&
        ` The file (${fullWidth} × ${fullHeight}, ${bytesText(picture.file.size)}) was resized to ${width} × ${height} first.`}
    </>
  );
}
