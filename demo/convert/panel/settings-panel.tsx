// The model and the settings of the result. Every slider updates the result immediately.

import { computed } from "@preact/signals";
import { ditherKinds, type DitherKind } from "../../../src/pixelart/dither.ts";
import { Segmented, Select, Slider } from "../../parts/controls.tsx";
import { cellText } from "../grid-words.ts";
import { given, locked } from "../palette-choice.ts";
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
  precision,
  scale,
} from "../settings.ts";
import { choosePrecision, redraw } from "../state/model.ts";
import { selected } from "../state/pictures.ts";
import { cameraHasStage, scene } from "../state/scene.ts";
import { ModelChoice } from "./model-choice.tsx";
import { PaletteSection } from "./palette.tsx";
import { Result } from "./result.tsx";

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
      <summary>Dithering, cleaning, size, precision</summary>
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
            redraw();
          }}
        />
        <Select
          label="Precision"
          value={precision.value}
          choices={[
            { value: "full", text: "Full" },
            { value: "half", text: "Half" },
          ]}
          hint={
            precision.value === "half"
              ? "Stores the network's numbers in half of the memory. Colours differ slightly."
              : undefined
          }
          onChoose={(value) => void choosePrecision(value)}
        />
      </section>
    </details>
  );
}
