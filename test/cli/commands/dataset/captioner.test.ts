// Captioners: a command that speaks JSON lines, and an address with OpenAI's API, both provided by
// the test.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Captioner, CaptionerError } from "../../../../src/cli/commands/dataset/export/captioner.ts";
import { exportDataset } from "../../../../src/cli/commands/dataset/export/export.ts";
import { defaultExportOptions, type ExportOptions } from "../../../../src/cli/commands/dataset/export/options.ts";
import { parseJsonLines } from "../../../../src/dataset/sources/json-lines.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf } from "../../../pixelart/grid/damaged-art.ts";

const folder = testFolder("captioner");
const input = join(folder, "art");
const log = join(folder, "asked.txt");
let art: Image;
let outputs = 0;
const newOut = () => join(folder, `out-${outputs++}`);

beforeAll(async () => {
  art = await artOf("ruin", "jungle", "cave", "bridge");
  mkdirSync(input);
  for (const [i, name] of ["a.png", "b.png", "c.png"].entries()) {
    const other = { ...art, data: art.data.slice() };
    other.data[0] = i;
    writeFileSync(join(input, name), await encodePng(other));
  }
  writeFileSync(join(input, "b.txt"), "told beside it");
});
beforeEach(() => writeFileSync(log, ""));

function run(out: string, captioner: ExportOptions["captioner"]) {
  const options = { input, out, trainer: "kohya", size: 512, cell: 8, quiet: true, captioner } as const;
  return exportDataset({ ...defaultExportOptions, ...options });
}

/**
 * A command that answers with `reply`, a JavaScript expression of `question`, and records the
 * questions.
 */
function commandOf(name: string, reply: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `import { createInterface } from "node:readline";
     import { appendFileSync } from "node:fs";
     const waiting = [];
     for await (const line of createInterface({ input: process.stdin })) {
       const question = JSON.parse(line);
       appendFileSync(${JSON.stringify(log)}, line + "\\n");
       console.log(${reply});
     }`,
  );
  return `"${process.execPath}" "${path}"`;
}

const asked = () =>
  readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { file: string; png: string });
const captions = (out: string) => [0, 1, 2].map((i) => readFileSync(join(out, "images", `00000000${i}.txt`), "utf8"));

describe("a command", () => {
  test("gets enlarged pictures, is asked once for each, and its answers are kept and recorded", async () => {
    const captioner = commandOf(
      "good",
      'JSON.stringify({ id: question.id, caption: "a place\\n{" + question.file + "}" })',
    );
    const out = newOut();
    expect(await run(out, { captioner })).toMatchObject({ exported: 3, failures: [] });
    expect(captions(out)).toEqual([
      "a place (a.png), pixel art",
      "told beside it, pixel art",
      "a place (c.png), pixel art",
    ]);
    expect(
      asked()
        .map(({ file }) => file)
        .sort(),
    ).toEqual(["a.png", "c.png"]);
    const shown = await decodeImage(Buffer.from(asked()[0].png, "base64"));
    expect(shown).toMatchObject({ width: 16 * art.width, height: 16 * art.height });
    const [first] = readFileSync(join(out, "provenance.jsonl"), "utf8").split("\n");
    expect(JSON.parse(first)).toMatchObject({ subject: "a place (a.png)", subjectFrom: "captioner" });

    // Another set of the same pictures: the captions are known.
    writeFileSync(log, "");
    const kept = readFileSync(join(out, "captions.jsonl"));
    rmSync(join(out, "images"), { recursive: true });
    await run(out, { captioner });
    expect(asked()).toEqual([]);
    expect(readFileSync(join(out, "captions.jsonl"))).toEqual(kept);
  });

  test("answers after a line that a kill has truncated are not lost", async () => {
    const path = join(folder, "cut.jsonl");
    const whole = { key: "k", caption: "whole" };
    writeFileSync(path, `${JSON.stringify(whole)}\n{"key":"cu`);
    const captioner = commandOf("again", 'JSON.stringify({ id: question.id, caption: "said" })');
    const open = await Captioner.open({ captioner }, path);
    expect(await open.caption("a.png", art)).toBe("said");
    expect(parseJsonLines(readFileSync(path, "utf8"))).toEqual([whole, expect.objectContaining({ caption: "said" })]);
    await open.close();
  });

  test("may answer in any order", async () => {
    const reply =
      'waiting.push(JSON.stringify({ id: question.id, caption: question.file })) < 2 ? "{}" : waiting.reverse().join("\\n")';
    const out = newOut();
    expect(await run(out, { captioner: commandOf("late", reply) })).toMatchObject({ exported: 3 });
    expect(captions(out)).toEqual(["a.png, pixel art", "told beside it, pixel art", "c.png, pixel art"]);
  });

  test("may have no answer for a picture, which is then left out by name", async () => {
    const out = newOut();
    const captioner = commandOf(
      "choosy",
      'JSON.stringify(question.file === "a.png" ? { id: question.id, error: "too dark" } : { id: question.id, caption: "x" })',
    );
    const summary = await run(out, { captioner });
    expect(summary.failures).toEqual([{ name: "a.png", reason: "the captioner gave no caption for it (too dark)." }]);
    expect(summary.exported).toBe(2);
  });

  test.each([
    ["exit 3", /^The captioner "exit 3" ended with code 3 before it had answered/],
    ["nosuchcommand-x", /^The captioner "nosuchcommand-x" ended with code 127/],
    ["echo hello", /wrote a line that is not JSON \(hello\)/],
  ])("that fails ends the export: %s", async (captioner, reason) => {
    const out = newOut();
    const summary = await run(out, { captioner });
    expect(summary.stopped).toMatch(reason);
    expect(summary.config).toBeUndefined();
  });
});

describe("an address", () => {
  let server: Server;
  let address: string;
  const requests: {
    url?: string | undefined;
    key?: string | undefined;
    body: { model: string; messages: { content: { type: string; text?: string; image_url?: { url: string } }[] }[] };
  }[] = [];
  let answers: ((request: IncomingMessage) => [number, unknown])[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      void json(request).then((body) => {
        requests.push({
          url: request.url,
          key: request.headers.authorization,
          body: body as (typeof requests)[0]["body"],
        });
        const [status, answer] = (answers.shift() ?? (() => [200, said("a cave")]))(request);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    requests.length = 0;
    answers = [];
  });

  const said = (content: unknown) => ({ choices: [{ message: { content } }] });
  const open = (extra = {}) =>
    Captioner.open({ captioner: address, model: "seer", waits: [1, 1], ...extra }, join(folder, `kept-${outputs++}`));

  test("is asked with OpenAI's chat completions, and gets a key only if there is one", async () => {
    const captioner = await open({ prompt: "What is it?" });
    expect(await captioner.caption("a.png", art)).toBe("a cave");
    await captioner.close();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ url: "/v1/chat/completions", key: undefined, body: { model: "seer" } });
    const [{ content }] = requests[0].body.messages;
    expect(content[0]).toEqual({ type: "text", text: "What is it?" });
    const shown = await decodeImage(
      Buffer.from(content[1].image_url!.url.replace("data:image/png;base64,", ""), "base64"),
    );
    expect(shown.width).toBe(1024);
  });

  test("is asked again if it is busy, but not if it refuses", async () => {
    answers = [() => [503, {}], () => [429, {}]];
    const captioner = await open();
    expect(await captioner.caption("a.png", art)).toBe("a cave");
    expect(requests).toHaveLength(3);
    answers = [() => [404, {}]];
    await expect((await open()).caption("a.png", art)).rejects.toThrow(
      /does not answer \(404 Not Found\); check that it runs and has the model seer\./,
    );
    expect(requests).toHaveLength(4);
  });

  test("with an invalid answer, or none, ends the export", async () => {
    answers = [() => [200, { output: "a cave" }]];
    await expect((await open()).caption("a.png", art)).rejects.toThrow("answered without a caption");
    const nobody = await open({ captioner: "http://127.0.0.1:9/v1", waits: [] });
    await expect(nobody.caption("a.png", art)).rejects.toThrow(CaptionerError);
    await expect(open({ model: undefined })).rejects.toThrow("--captioner-model is missing");
  });
});
