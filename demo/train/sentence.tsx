// Shows the engine's messages, which a terminal also shows. Options appear as code, with their
// names under "All options".

import { partsOf } from "../../src/option-names.ts";
import { optionRows } from "../../src/train/options/table.ts";

/** Options that are not fields have the name of the page's control. */
const names = new Map<string, string>([...optionRows.values()].map(({ key, name }) => [key, name])).set(
  "continueTrain",
  "Continue",
);

export function Sentence({ children }: { readonly children: string }) {
  return (
    <span class="sentence">
      {partsOf(children).map((part, index) =>
        index % 2 === 1 ? <code key={index}>{names.get(part) ?? part}</code> : part,
      )}
    </span>
  );
}
