// Sentences of the training itself, as a terminal has them too. Options are set as code, by the names that they have under "All options".

import { partsOf } from "../../src/option-names.ts";
import { optionRows } from "../../src/train/options/table.ts";

/** Some are no fields but what one does in the page. */
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
