// The palette of the results: a choice of palettes, the colours, and tools. Select a colour to
// change, lock or remove it.

import { useState } from "preact/hooks";
import { colourFromHex, hexOf, type Colour, type Palette } from "../../../src/pixelart/palettes/palette.ts";
import { paletteKinds } from "../../../src/pixelart/palettes/write.ts";
import { Button } from "../../parts/controls.tsx";
import { useDrop } from "../../parts/drop-zone.tsx";
import { PickFiles } from "../../parts/pick-files.tsx";
import { plural } from "../../parts/words.ts";
import {
  add,
  builtIn,
  choose,
  given,
  isFullyLocked,
  isLocked,
  locked,
  remove,
  replace,
  toggleLock,
} from "../palette-choice.ts";
import { downloadPalette, findShared, openPalette, paletteTypes, searching } from "../state/palette-files.ts";
import { done } from "../state/pictures.ts";
import { say } from "../state/worker.ts";

export interface PaletteSectionProps {
  /** The palette of the shown result; null if there is none. */
  readonly found: readonly Colour[] | null;
  /** Says why there is none. */
  readonly reason: string;
  /** True if the result cannot have a palette, such as the network's output. */
  readonly disabled: boolean;
}

export function PaletteSection({ found, reason, disabled }: PaletteSectionProps) {
  const colours = given.value?.colours ?? found;
  // A picture dropped here is read as a palette, not converted.
  const drop = useDrop(([file]) => void openPalette(file));
  return (
    <section class="palette stack tight" aria-label="Palette" {...drop}>
      <PaletteChoice />
      {!disabled && colours ? (
        <Colours colours={colours} name={given.value?.name ?? "Palette"} />
      ) : (
        <p class="small faint">{reason}</p>
      )}
    </section>
  );
}

/** A list of all palettes with their colours. */
function PaletteChoice() {
  const now = given.value;
  const choices = now && !builtIn.includes(now) ? [now, ...builtIn] : builtIn;
  return (
    <div class="palette-choice">
      <details>
        <summary>
          Palette: <strong>{now ? now.name : "automatic"}</strong>
        </summary>
        <fieldset>
          <legend class="unseen">Palette</legend>
          <Choice palette={null} />
          {choices.map((palette) => (
            <Choice key={palette.name} palette={palette} />
          ))}
        </fieldset>
      </details>
      <PickFiles
        small
        label="Open a palette: a palette file, or a picture with few colours"
        accept={paletteTypes}
        onFiles={([file]) => void openPalette(file)}
      >
        Open…
      </PickFiles>
    </div>
  );
}

function Choice({ palette }: { readonly palette: Palette | null }) {
  return (
    <label>
      <input type="radio" name="palette" checked={given.value === palette} onChange={() => choose(palette)} />
      <span>{palette ? palette.name : "Automatic (found for each picture)"}</span>
      {palette && (
        <span class="stripes" aria-hidden="true">
          {palette.colours.map((colour) => (
            <i key={hexOf(colour)} style={{ background: `#${hexOf(colour)}` }} />
          ))}
        </span>
      )}
    </label>
  );
}

function Colours({ colours, name }: { readonly colours: readonly Colour[]; readonly name: string }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const colour = colours.find((one) => hexOf(one) === chosen);
  return (
    <>
      <ul class="swatches">
        {colours.map((one) => {
          const hex = hexOf(one);
          return (
            <li key={hex} title={`#${hex}`}>
              <button
                type="button"
                aria-pressed={hex === chosen}
                aria-label={`#${hex}${isLocked(one) ? ", locked" : ""}`}
                style={{ background: `#${hex}` }}
                onClick={() => setChosen(hex === chosen ? null : hex)}
              >
                {isLocked(one) && <Lock />}
              </button>
            </li>
          );
        })}
      </ul>
      {colour ? (
        <Editor colour={colour} colours={colours} onChange={(next) => setChosen(next && hexOf(next))} />
      ) : (
        <p class="small faint editor">
          {plural(colours.length, "colour")}
          {locked.value.length > 0 && `, ${locked.value.length} locked`}. Choose one to change or lock it.
        </p>
      )}
      <PaletteTools colours={colours} name={name} onAdd={(added) => setChosen(hexOf(added))} />
    </>
  );
}

interface EditorProps {
  readonly colour: Colour;
  readonly colours: readonly Colour[];
  /** Called with the colour that is selected next. */
  readonly onChange: (next: Colour | null) => void;
}

/** The tools for one colour. */
function Editor({ colour, colours, onChange }: EditorProps) {
  const hex = `#${hexOf(colour)}`;
  return (
    <div class="row editor" role="group" aria-label={`Colour ${hex}`}>
      <label>
        <input
          type="color"
          value={hex}
          onInput={({ currentTarget }) => {
            const next = colourFromHex(currentTarget.value.slice(1));
            if (colours.some((one) => hexOf(one) === hexOf(next))) return;
            replace(colours, colour, next);
            onChange(next);
          }}
        />
        <span class="number">{hex}</span>
      </label>
      <Button small disabled={isFullyLocked() && !isLocked(colour)} onClick={() => toggleLock(colour)}>
        {isLocked(colour) ? "Unlock" : "Lock"}
      </Button>
      <Button
        small
        disabled={colours.length === 1}
        label="Remove colour"
        onClick={() => {
          remove(colours, colour);
          onChange(null);
        }}
      >
        Remove
      </Button>
    </div>
  );
}

interface ToolsProps {
  readonly colours: readonly Colour[];
  readonly name: string;
  readonly onAdd: (colour: Colour) => void;
}

/** The tools for the whole palette. */
function PaletteTools({ colours, name, onAdd }: ToolsProps) {
  const addOne = () => {
    const colour = newColour(colours);
    add(colours, colour);
    onAdd(colour);
  };
  return (
    <>
      <div class="row">
        <Button small disabled={colours.length >= 256} onClick={addOne}>
          Add colour
        </Button>
        {given.value && (
          <Button small onClick={() => choose(null)}>
            Find again
          </Button>
        )}
        {done.value.length > 1 && (
          <Button small disabled={searching.value} onClick={() => void findShared()}>
            Find one for all {done.value.length} pictures
          </Button>
        )}
      </div>
      <div class="row save" role="group" aria-label="Save palette">
        <span class="small faint">Save</span>
        {paletteKinds.map((kind) => (
          <Button
            key={kind}
            small
            look="quiet"
            label={`Save palette as .${kind}`}
            onClick={() => void downloadPalette({ name, colours }, kind)}
          >
            .{kind}
          </Button>
        ))}
        <CopyButton colours={colours} />
      </div>
    </>
  );
}

function CopyButton({ colours }: { readonly colours: readonly Colour[] }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      small
      look="quiet"
      onClick={() => {
        navigator.clipboard.writeText(colours.map((colour) => `#${hexOf(colour)}`).join("\n")).then(
          () => {
            setCopied(true);
            setTimeout(() => setCopied(false), 1500);
          },
          () => say("warning", "The browser denied access to the clipboard. Point at a colour to see its code."),
        );
      }}
    >
      {copied ? "Copied" : "Copy"}
    </Button>
  );
}

/** The initial value of an added colour: a grey that the palette lacks. */
function newColour(colours: readonly Colour[]): Colour {
  const taken = new Set(colours.map(hexOf));
  const greys = Array.from({ length: 256 }, (_, i) => [1, 1, 1].map(() => (128 + i) % 256));
  return greys.find((grey) => !taken.has(hexOf(grey)))!;
}

function Lock() {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true">
      <path d="M3 5V4a3 3 0 0 1 6 0v1h1v6H2V5zm1.5 0h3V4a1.5 1.5 0 0 0-3 0z" />
    </svg>
  );
}
