// How work on a list of pictures ends before the list does: by Ctrl-C, or by what no later picture would fare better with.

import { UserError, withoutFullStop } from "../../errors.ts";
import { DeviceLostError } from "../../gpu/errors.ts";
import type { Failure, PipelineResult } from "../files/pipeline.ts";
import { withFlags } from "../options/flags.ts";

export interface Ending {
  /** In the list's order. What an interruption cut short has not failed. */
  readonly failures: readonly Failure[];
  /** Why pictures were left over, if any were. */
  readonly stopped?: string | undefined;
}

/** The reason that a signal aborted by `untilInterrupted` gives to what it cuts short. */
export const abortReason = new UserError("interrupted");

/**
 * Does work that the first Ctrl-C, a cluster's SIGTERM, or a closed terminal asks to stop; a second Ctrl-C or SIGTERM ends the process at
 * once. A closed terminal says so several times, and a session that ends does it behind a SIGTERM: that ends nothing at once.
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
  // What nobody reads any more, behind a closed terminal or a pipe, is no reason to end before everything is saved.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignore);
  try {
    return await work(controller.signal);
  } finally {
    forget();
    process.off("SIGHUP", hangUp);
  }
}

const ignore = () => {};

/** Whether no later picture can fare better. */
export function isFatal(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? "";
  return error instanceof DeviceLostError || ["ENOSPC", "EDQUOT", "EROFS"].includes(code);
}

/** Tells how work ended that `--skip-existing` goes on with: what failed, what was odd or left out, and why it ended early. */
export function tellEnding(
  { failures, stopped }: Ending,
  warnings: readonly Failure[],
  leftOut: readonly string[],
): void {
  for (const { name, reason } of [...failures, ...warnings]) console.error(`  ${name}: ${reason}`);
  for (const sentence of leftOut) console.error(sentence);
  if (stopped)
    console.error(
      `stopped: ${withoutFullStop(stopped)}. What was written is whole; --skip-existing goes on from here.`,
    );
}

export function endingOf({ failures, stopped }: PipelineResult, signal?: AbortSignal): Ending {
  if (!signal?.aborted) return { failures, ...(stopped && { stopped: reasonOf(stopped) }) };
  return {
    failures: failures.filter(({ reason }) => reason !== abortReason.message),
    ...(stopped && { stopped: abortReason.message }),
  };
}

/** What the process is to exit with; nothing where all went well. */
export function exitCodeOf({ failures, stopped }: Ending): number | undefined {
  if (stopped === abortReason.message) return 130;
  return failures.length > 0 || stopped ? 1 : undefined;
}

function reasonOf(stopped: "aborted" | { readonly error: unknown }): string {
  if (stopped === "aborted") return abortReason.message;
  return stopped.error instanceof Error ? withFlags(stopped.error.message) : String(stopped.error);
}
