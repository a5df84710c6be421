// Captions from an external model: any command that reads and writes JSON lines, or any address
// with OpenAI's chat completions API. It gets an enlarged picture, since models recognise nothing
// at one pixel a cell. Captions are cached by the picture's content, so each picture is captioned
// once.

import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { jsonLines, parseJsonLines } from "../../../../dataset/sources/json-lines.ts";
import { UserError } from "../../../../errors.ts";
import type { Image } from "../../../../picture/image.ts";
import { enlarge } from "../../../../pixelart/grid/cells/geometry.ts";
import { appendToFile, writeFileAtomically } from "../../../../platform/files/files.node.ts";
import { encodePng } from "../../../../platform/pictures/images.node.ts";
import { hashOf } from "../../../files/hash.ts";

/** An error that affects all later pictures too: the captioner is gone. */
export class CaptionerError extends UserError {
  override name = "CaptionerError";
}

export interface CaptionerOptions {
  /** A command, or an address that begins with http. */
  readonly captioner: string;
  /** Only for an address: the model and the prompt. */
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  /** Milliseconds between attempts to reach an address. */
  readonly waits?: readonly number[];
}

interface Question {
  readonly file: string;
  readonly png: Uint8Array;
  readonly columns: number;
  readonly rows: number;
}

interface Answerer {
  ask(question: Question): Promise<string>;
  close(): void;
}

const defaultPrompt =
  "This is pixel art, enlarged. Say in one short line what it shows, as a caption for training a text-to-image model: " +
  "no sentence about style, no quotes.";

/** A picture is enlarged to about this length of its longer side, by a factor from 8 to 16. */
const shownSide = 1024;

/** The file in the exported folder that caches captions. */
export const captionsName = "captions.jsonl";

export class Captioner {
  private readonly known = new Map<string, string>();

  private constructor(
    private readonly answerer: Answerer,
    /** Identifies the captioner, for provenance and for the cache. */
    readonly identity: string,
    private readonly path: string,
  ) {}

  /** @param path the cache file of earlier captions */
  static async open(options: CaptionerOptions, path: string): Promise<Captioner> {
    const { captioner, model, prompt = defaultPrompt } = options;
    const isAddress = /^https?:\/\//.test(captioner);
    if (isAddress && model === undefined)
      throw new UserError("--captioner-model is missing: name the model to use at this URL.");
    const identity = isAddress ? `${captioner} ${model}: ${prompt}` : captioner;
    const answerer = isAddress ? new Address({ ...options, model: model!, prompt }) : new Command(captioner);
    const made = new Captioner(answerer, identity, path);
    const text = await readFile(path, "utf8").catch(() => "");
    // Start on a new line, even if a kill truncated the last one.
    if (text !== "") await appendToFile(path, "\n");
    for (const { key, caption } of parseJsonLines(text) as { key: string; caption: string }[])
      made.known.set(key, caption);
    return made;
  }

  /**
   * @throws CaptionerError if the captioner is gone, UserError if it has no caption for this
   * picture
   */
  async caption(file: string, cells: Image): Promise<string> {
    const { width, height } = cells;
    const key = hashOf(JSON.stringify([this.identity, width, height]), cells.data);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const scale = Math.min(16, Math.max(8, Math.floor(shownSide / Math.max(width, height))));
    const png = await encodePng(enlarge(cells, scale, width * scale, height * scale));
    const caption = await this.answerer.ask({ file, png, columns: width, rows: height });
    await appendToFile(this.path, jsonLines([{ key, caption }]));
    this.known.set(key, caption);
    return caption;
  }

  /**
   * Ends the command, and sorts the cache so that it does not depend on the order of the answers.
   */
  async close(): Promise<void> {
    this.answerer.close();
    if (this.known.size === 0) return;
    const sorted = [...this.known].sort(([a], [b]) => (a < b ? -1 : 1));
    await writeFileAtomically(this.path, jsonLines(sorted.map(([key, caption]) => ({ key, caption }))));
  }
}

/**
 * Input lines: `{"id": 1, "file": "cave.png", "columns": 64, "rows": 48, "png": "..."}`, with the
 * picture as base64. Output lines, in any order: `{"id": 1, "caption": "a cave"}`, or `{"id": 1,
 * "error": "..."}`.
 */
class Command implements Answerer {
  private readonly waiting = new Map<number, { resolve: (caption: string) => void; reject: (error: Error) => void }>();
  private child?: ChildProcess;
  private ended?: CaptionerError;
  private next = 1;

  constructor(private readonly command: string) {}

  ask({ png, ...about }: Question): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = this.started();
      if (this.ended) return reject(this.ended);
      const id = this.next++;
      this.waiting.set(id, { resolve, reject });
      child.stdin!.write(jsonLines([{ id, ...about, png: Buffer.from(png).toString("base64") }]));
    });
  }

  close(): void {
    this.child?.stdin!.end();
  }

  private started(): ChildProcess {
    if (this.child) return this.child;
    const child = (this.child = spawn(this.command, { shell: true, stdio: ["pipe", "pipe", "inherit"] }));
    const end = (reason: string) => {
      this.ended ??= new CaptionerError(
        `The captioner "${this.command}" ${reason}; run it by itself to see what it prints.`,
      );
      for (const { reject } of this.waiting.values()) reject(this.ended);
      this.waiting.clear();
    };
    child.on("error", ({ message }) => end(`cannot be started (${message})`));
    child.on("close", (code) => end(`ended with code ${code} before it had answered`));
    child.stdin.on("error", () => {}); // reported by `close`
    createInterface({ input: child.stdout }).on("line", (line) => this.heard(line, end));
    return child;
  }

  private heard(line: string, end: (reason: string) => void): void {
    let answer: { id?: unknown; caption?: unknown; error?: unknown };
    try {
      answer = JSON.parse(line) as typeof answer;
    } catch {
      return end(`wrote a line that is not JSON (${line.slice(0, 80)})`);
    }
    const asked = this.waiting.get(answer.id as number);
    if (!asked) return;
    this.waiting.delete(answer.id as number);
    if (typeof answer.caption === "string") asked.resolve(answer.caption);
    else
      asked.reject(
        new UserError(`the captioner gave no caption for it (${String(answer.error ?? "it says nothing")}).`),
      );
  }
}

/**
 * The environment variable with the key that an address may require. The key is sent only to that
 * address.
 */
const keyVariable = "PIXELCYCLE_CAPTIONER_KEY";

class Address implements Answerer {
  constructor(private readonly options: CaptionerOptions & { readonly model: string; readonly prompt: string }) {}

  async ask({ png }: Question): Promise<string> {
    const { captioner, model, prompt, waits = [1000, 5000, 20_000] } = this.options;
    const url = `${captioner.replace(/\/+$/, "")}/chat/completions`;
    const key = process.env[keyVariable];
    const image_url = { url: `data:image/png;base64,${Buffer.from(png).toString("base64")}` };
    const content = [
      { type: "text", text: prompt },
      { type: "image_url", image_url },
    ];
    const body = JSON.stringify({ model, temperature: 0, messages: [{ role: "user", content }] });
    const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) };
    let reason = "";
    for (const wait of [...waits, undefined]) {
      const response = await fetch(url, { method: "POST", headers, body }).catch((error: Error) => {
        reason = error.cause instanceof Error ? error.cause.message : error.message;
        return undefined;
      });
      if (response?.ok) return captionIn(await response.json().catch(() => undefined), url);
      if (response) reason = `${response.status} ${response.statusText}`;
      if (response && response.status !== 429 && response.status < 500) break;
      if (wait !== undefined) await setTimeout(wait);
    }
    throw new CaptionerError(
      `The captioner at ${url} does not answer (${reason}); check that it runs and has the model ${model}.`,
    );
  }

  close(): void {}
}

function captionIn(answer: unknown, url: string): string {
  const { choices } = (answer ?? {}) as { choices?: { message?: { content?: unknown } }[] };
  const content = choices?.[0]?.message?.content;
  if (typeof content === "string") return content;
  throw new CaptionerError(
    `The captioner at ${url} answered without a caption; it must support OpenAI's chat completions.`,
  );
}
