// Draws fields of numbers and their legend in the theme's colours.

import { useMemo } from "preact/hooks";
import { Picture } from "../parts/display.tsx";
import { theme } from "../parts/shell-state.ts";
import type { Field } from "./api.ts";
import { paint, scales } from "./pictures.ts";
import { numberText } from "./words.ts";

/** @param reach the magnitude that is drawn in full colour */
export function FieldPicture({ field, reach, label }: { field: Field; reach: number; label: string }) {
  const picture = useMemo(() => paint(field, reach, scales[theme.value]), [field, reach, theme.value]);
  return <Picture picture={picture} label={label} />;
}

/** The colour scale, from -reach to reach, or from 0 if nothing is negative. */
export function Legend({
  reach,
  signed,
  text = numberText,
}: {
  reach: number;
  signed: boolean;
  text?: (value: number) => string;
}) {
  const { least, zero, most } = scales[theme.value];
  const colours = (signed ? [least, zero, most] : [zero, most]).map((colour) => `rgb(${colour.join()})`);
  return (
    <div class="legend small number">
      <span>{signed ? text(-reach) : text(0)}</span>
      <span class="ramp" style={{ background: `linear-gradient(to right, ${colours.join()})` }} />
      <span>{text(reach)}</span>
    </div>
  );
}
