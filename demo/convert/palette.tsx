// The colours of the result, from dark to light.

import { useState } from "preact/hooks";
import { Button } from "../parts/controls.tsx";
import { plural } from "../parts/words.ts";
import { say } from "./state/worker.ts";

export interface PaletteProps {
  /** [red, green, blue]; null where there is none. */
  readonly colours: readonly (readonly number[])[] | null;
  /** Why there is none, where there is none. */
  readonly reason: string;
}

export function Palette({ colours, reason }: PaletteProps) {
  const [copied, setCopied] = useState(false);
  const hexes = (colours ?? []).map(hexOf);
  return (
    <section class="palette" aria-label="Palette">
      <div class="row">
        <h2 class="small">{colours ? plural(colours.length, "colour") : "Palette"}</h2>
        {colours && (
          <Button
            small
            look="quiet"
            onClick={() => {
              navigator.clipboard.writeText(hexes.join("\n")).then(
                () => {
                  setCopied(true);
                  setTimeout(() => setCopied(false), 1500);
                },
                () => say("warning", "This browser does not let the page copy. Each colour's number is shown over it."),
              );
            }}
          >
            {copied ? "Copied" : "Copy as hex"}
          </Button>
        )}
      </div>
      {colours ? (
        <ul class="swatches">
          {hexes.map((hex) => (
            <li key={hex} style={{ background: hex }} title={hex}>
              <span class="unseen">{hex}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="small faint">{reason}</p>
      )}
    </section>
  );
}

function hexOf(colour: readonly number[]): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
