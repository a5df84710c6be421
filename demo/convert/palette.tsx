// The colours of the result, from dark to light.

import { useState } from "preact/hooks";
import { Button } from "../parts/controls.tsx";
import { plural } from "../parts/words.ts";

export interface PaletteProps {
  /** [red, green, blue]; null where there is none. */
  readonly colours: readonly (readonly number[])[] | null;
  readonly isLimited: boolean;
}

export function Palette({ colours, isLimited }: PaletteProps) {
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
              void navigator.clipboard.writeText(hexes.join("\n")).then(() => {
                setCopied(true);
                setTimeout(() => setCopied(false), 1500);
              });
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
        <p class="small faint">
          {isLimited ? "It appears with the result." : "Every colour is kept: draw the slider back to limit them."}
        </p>
      )}
    </section>
  );
}

function hexOf(colour: readonly number[]): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
