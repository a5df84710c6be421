// Methods that run as separate programs: the proper-pixel-art package, and any program that prints
// JSON for a picture's file.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as valibot from "valibot";
import { UserError } from "../../src/errors.ts";
import { encodePng } from "../../src/platform/pictures/images.node.ts";
import type { Answer, GridMethod } from "./method.ts";

export interface ProgramMethod {
  readonly method: GridMethod;
  close(): Promise<void>;
}

const pair = valibot.tuple([valibot.number(), valibot.number()]);
const answer = valibot.object({
  verdict: valibot.optional(valibot.string()),
  size: valibot.optional(pair),
  phase: valibot.optional(pair),
  confidence: valibot.optional(valibot.number()),
});
/** The format of `pixelcycle snap --json`, or one of its pictures alone. */
const printed = valibot.union([
  valibot.object({ pictures: valibot.pipe(valibot.array(answer), valibot.length(1)) }),
  answer,
]);

function answerOf(text: string): Answer | undefined {
  const parsed = valibot.parse(printed, JSON.parse(text));
  const { verdict, size, phase, confidence } = "pictures" in parsed ? parsed.pictures[0] : parsed;
  const found = size && (verdict === undefined || verdict === "grid" || verdict === "mixed");
  return found ? { size, phase, confidence } : undefined;
}

/** @param command words, one of which contains `{file}` */
export async function commandMethod(command: string): Promise<ProgramMethod> {
  const words = command.split(/\s+/).filter((word) => word !== "");
  if (!words.some((word) => word.includes("{file}")))
    throw new UserError(`--command must say {file} where a picture's name goes, as in "prog {file}".`);
  const folder = await mkdtemp(join(tmpdir(), "pixelcycle-grid-"));
  return {
    async method(image) {
      const file = join(folder, "picture.png");
      await writeFile(file, await encodePng(image));
      const [program, ...rest] = words.map((word) => word.replaceAll("{file}", file));
      const { stdout } = await promisify(execFile)(program, rest, { maxBuffer: 2 ** 26 });
      return answerOf(stdout);
    },
    close: () => rm(folder, { recursive: true }),
  };
}

/** @param python a Python executable; the result is undefined if it lacks the package */
export async function properPixelArt(python: string): Promise<ProgramMethod | undefined> {
  const has = await promisify(execFile)(python, ["-c", "import proper_pixel_art"]).then(
    () => true,
    () => false,
  );
  if (!has) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "pixelcycle-grid-"));
  const script = fileURLToPath(new URL("../bench/grid-methods/sizes_by_proper_pixel_art.py", import.meta.url));
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {}); // an ended Python is reported below
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async method(image) {
      const file = join(folder, "picture.png");
      await writeFile(file, await encodePng(image));
      child.stdin.write(`${file}\n`);
      const line = await Promise.race([lines.next(), exited.then(() => undefined)]);
      if (!line || line.done) throw new UserError(`${python} ended while proper-pixel-art was at work.`);
      return answerOf(line.value);
    },
    async close() {
      child.stdin.end();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
