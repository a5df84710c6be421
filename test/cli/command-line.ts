// Runs the bundled command line in a separate process, which can be interrupted and killed.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { bundle } from "../bundle.ts";

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams. */
  readonly output: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Simulates a closed terminal: nobody reads its output any more. */
  hangUp(): void;
  /** Resolves when the output matches, or when the process has ended. */
  until(pattern: RegExp): Promise<void>;
}

/** Bundles the command line. Call it at a file's top level, like `bundle`. */
export async function buildCommandLine(): Promise<(words: readonly string[]) => Running> {
  const folder = await bundle({ cli: "src/cli/main.ts" });
  return (words) => start([join(folder, "cli.js"), ...words]);
}

function start(words: readonly string[]): Running {
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const waiting = new Set<{ pattern: RegExp; resolve: () => void }>();
  const hear = (part: string) => {
    text += part;
    for (const one of waiting) {
      if (!one.pattern.test(text)) continue;
      waiting.delete(one);
      one.resolve();
    }
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const { resolve } of waiting) resolve();
      resolve({ code, signal, output: text });
    });
  });
  return {
    ended,
    kill: (signal) => child.kill(signal),
    hangUp: () => {
      child.stdout.destroy();
      child.stderr.destroy();
      child.kill("SIGHUP");
    },
    until: (pattern) =>
      pattern.test(text) || child.exitCode !== null
        ? Promise.resolve()
        : new Promise((resolve) => waiting.add({ pattern, resolve })),
  };
}
