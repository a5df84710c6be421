// Errors of the GPU. Each names the operation that was under way. The driver's own text ends the
// message, so that a bug report is complete.

import { UserError } from "../errors.ts";

/** No adapter was found, or none of the requested name. */
export class NoAdapterError extends UserError {
  override name = "NoAdapterError";
}

/** The device ran out of memory while it allocated for `operation`. */
export class OutOfMemoryError extends UserError {
  override name = "OutOfMemoryError";
  constructor(
    readonly operation: string,
    readonly bytes: number,
    detail: string,
  ) {
    super(
      `The GPU has no room for ${operation} (${(bytes / 2 ** 20).toFixed(1)} MiB). ` +
        `Use a smaller image or close other programs that use the GPU. [${detail}]`,
    );
  }
}

/**
 * The GPU refused `operation`. The cause is a defect of this program or of the driver, never the
 * user's input.
 */
export class OperationError extends Error {
  override name = "OperationError";
  constructor(
    readonly operation: string,
    detail: string,
  ) {
    super(`${operation}: ${detail}`);
  }
}

/**
 * The device was lost. `reason` is "destroyed" when we closed it, "unknown" when the driver did.
 */
export class DeviceLostError extends Error {
  override name = "DeviceLostError";
  constructor(
    readonly reason: "destroyed" | "unknown",
    detail: string,
  ) {
    super(`The GPU device was lost (${reason}): ${detail || "the driver gave no reason"}`);
  }
}
