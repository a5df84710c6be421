// Whether kernels are measured, where no option says it.

import { UserError } from "../../errors.ts";
import { tuneModes, type TuneMode } from "../../tuning/modes.ts";

/** @throws UserError if PIXELCYCLE_TUNE has another value */
export function tuneModeFrom({ PIXELCYCLE_TUNE: value }: NodeJS.ProcessEnv): TuneMode {
  if (!value) return "auto";
  const mode = tuneModes.find((mode) => mode === value);
  if (mode) return mode;
  throw new UserError(`PIXELCYCLE_TUNE must be one of ${tuneModes.join(", ")}, not "${value}".`);
}
