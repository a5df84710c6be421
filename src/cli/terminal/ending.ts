// How work on a list of pictures ends early: by Ctrl-C, or by an error that affects all later
// pictures too.

import { UserError, withoutFullStop } from "../../errors.ts";
import { DeviceLostError } from "../../gpu/errors.ts";
import type { Failure, PipelineResult } from "../files/pipeline.ts";
import { withFlags } from "../options/flags.ts";
import { say } from "./print.ts";

export interface Ending {
  /** In the list's order. A picture cut short by an interruption has not failed. */
  readonly failures: readonly Failure[];
  /** Why pictures are left, if any are. */
  readonly stopped?: string | undefined;
}

/** The reason with which `untilInterrupted` aborts its signal. */
export const abortReason = new UserError("interrupted");

/**
 * Runs work that stops at the first Ctrl-C, a cluster's SIGTERM, or a closed terminal. A second
 * Ctrl-C or SIGTERM ends the process immediately. A closed terminal sends several signals, and an
 * ending session does so after a SIGTERM; these do not end it immediately.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => {
    forget();
    controller.abort(abortReason);
  };
  const hangUp = () => controller.abort(abortReason);
  const forget = () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  process.on("SIGHUP", hangUp);
  // When nobody reads the output any more, behind a closed terminal or a pipe, everything must
  // still be saved.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignore);
  try {
    return await work(controller.signal);
  } finally {
    forget();
    process.off("SIGHUP", hangUp);
  }
}

const ignore = () => {};

/** Whether an error affects all later pictures too. */
export function isFatal(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? "";
  return error instanceof DeviceLostError || ["ENOSPC", "EDQUOT", "EROFS"].includes(code);
}

/**
 * Reports how work ended that `--skip-existing` can continue: what failed, what was odd or skipped,
 * and why it ended early.
 */
export function tellEnding(
  { failures, stopped }: Ending,
  warnings: readonly Failure[],
  leftOut: readonly string[],
): void {
  for (const { name, reason } of [...failures, ...warnings]) say(`  ${name}: ${reason}`);
  say(...leftOut);
  if (stopped)
    say(`stopped: ${withoutFullStop(stopped)}. Files already written are complete; add --skip-existing to continue.`);
}

export function endingOf({ failures, stopped }: PipelineResult, signal?: AbortSignal): Ending {
  if (!signal?.aborted) return { failures, ...(stopped && { stopped: reasonOf(stopped) }) };
  return {
    failures: failures.filter(({ reason }) => reason !== abortReason.message),
    ...(stopped && { stopped: abortReason.message }),
  };
}

/** The exit code of the process; undefined if all went well. */
export function exitCodeOf({ failures, stopped }: Ending): number | undefined {
  if (stopped === abortReason.message) return 130;
  return failures.length > 0 || stopped ? 1 : undefined;
}

function reasonOf(stopped: "aborted" | { readonly error: unknown }): string {
  if (stopped === "aborted") return abortReason.message;
  return stopped.error instanceof Error ? withFlags(stopped.error.message) : String(stopped.error);
}
