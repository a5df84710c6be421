// Options of a run in sentences.

import { nameOption } from "../../option-names.ts";
import type { OptionKey } from "./table.ts";

/** An option in a sentence, with its value if one is given. */
export const option = nameOption<OptionKey>;
