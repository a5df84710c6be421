import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { lockRun } from "../../../src/platform/training/run-lock.node.ts";
import { folderStorage } from "../../../src/platform/training/storage.node.ts";

let root: string;
let run: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pixelcycle-lock-"));
  run = join(root, "checkpoints", "mine");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const unexpected = (sentence: string) => expect.unreachable(sentence);
const locks = async (folder = run) => (await readdir(folder)).filter((name) => name.startsWith(".lock-"));

/** The sentence in which a lock is refused. */
async function refusal(folder = run): Promise<string> {
  const error: unknown = await lockRun(folder, unexpected).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

/** Acquires a lock and releases it. */
async function free(folder = run): Promise<void> {
  await (await lockRun(folder, unexpected)).release();
}

test("a lock's file is never empty, so one whose process is killed early is recognised", async () => {
  await mkdir(run, { recursive: true });
  let [over, seen] = [false, 0];
  const watching = (async () => {
    while (!over) {
      for (const name of readdirSync(run).filter((name) => /^\.lock-[\w-]+$/.test(name))) {
        const text = contentsOf(join(run, name));
        if (text === undefined) continue;
        expect(text).not.toBe("");
        seen++;
      }
      await new Promise(setImmediate);
    }
  })();
  try {
    while (seen < 20) await Promise.race([free(), watching]);
  } finally {
    over = true;
  }
  await watching;
});

/** What a file has, or undefined if it is gone: a lock may be released between two looks. */
function contentsOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

describe("of processes", () => {
  const outdir = mkdtemp(join(tmpdir(), "pixelcycle-locker-"));
  const script = outdir.then(async (folder) => {
    const outfile = join(folder, "locker.mjs");
    // Waits for a signal, then reports the outcome and stays alive.
    const contents = `
      import { lockRun } from "./src/platform/training/run-lock.node.ts";
      process.stdin.once("data", () => lockRun(process.argv[2], () => {}).then(
        () => console.log("got it"),
        (error) => (console.log(error.message), process.exit(1))));`;
    const stdin = { contents, resolveDir: process.cwd(), loader: "ts" as const };
    await build({ stdin, outfile, bundle: true, platform: "node", format: "esm" });
    return outfile;
  });
  afterAll(async () => rm(await outdir, { recursive: true }));

  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

  /** Processes that request the run at the same moment. */
  async function ask(count: number): Promise<{ child: ChildProcess; answer: string }[]> {
    const begun = Array.from({ length: count }, async () => {
      const child = spawn(process.execPath, [await script, run], { stdio: ["pipe", "pipe", "inherit"] });
      children.push(child);
      return child;
    });
    const all = await Promise.all(begun);
    const answers = all.map(
      (child) => new Promise<string>((resolve) => child.stdout!.once("data", (data) => resolve(String(data).trim()))),
    );
    for (const child of all) child.stdin!.write("go");
    return Promise.all(all.map(async (child, index) => ({ child, answer: await answers[index] })));
  }

  test("that start at the same moment, one has it, and the others learn which", async () => {
    for (let round = 0; round < 3; round++) {
      const asked = await ask(5);
      const winners = asked.filter(({ answer }) => answer === "got it");
      expect(winners.map(({ answer }) => answer)).toEqual(["got it"]);
      for (const { answer } of asked.filter((one) => one !== winners[0])) {
        expect(answer).toContain(
          `mine is in use: the process ${winners[0].child.pid} has been training there since 20`,
        );
      }
      expect(await locks()).toHaveLength(1);
      winners[0].child.kill("SIGKILL");
      await new Promise((resolve) => winners[0].child.once("exit", resolve));
    }
  });

  test("a killed one no longer has it", async () => {
    const [{ child, answer }] = await ask(1);
    expect(answer).toBe("got it");
    expect(await refusal()).toContain(`the process ${child.pid} `);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(await locks()).toHaveLength(1);
    await free();
  });
});

describe("a lock", () => {
  test("ends with its process, and with the folders that were made for it", async () => {
    const lock = await lockRun(run, unexpected);
    expect(await refusal()).toContain(`the process ${process.pid} `);
    expect(await folderStorage(run).list()).toEqual([]);
    await lock.release();
    expect(existsSync(join(root, "checkpoints"))).toBe(false);

    const used = await lockRun(run, unexpected);
    await writeFile(join(run, "state"), "x");
    await used.release();
    expect(await readdir(run)).toEqual(["state"]);
  });

  test("belongs to a folder wherever it moves, not to its copy", async () => {
    const lock = await lockRun(run, unexpected);
    const copy = join(root, "copy");
    await cp(run, copy, { recursive: true });
    await free(copy);
    const moved = join(root, "moved");
    await rename(run, moved);
    expect(await refusal(moved)).toContain("moved is in use");
    await cp(moved, run, { recursive: true, preserveTimestamps: true }); // where it once was, and its process lives
    expect(await refusal()).toContain("mine is in use");
    await lock.release();
  });

  test("is refused with the system's reason if nothing can be written", async () => {
    await writeFile(join(root, "checkpoints"), "a file");
    expect(await refusal()).toMatch(/mine: a part of its path is a file.* Name another place to write to\.$/);
  });

  test("that somebody removes is reported to its holder, once", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const lost: string[] = [];
      const lock = await lockRun(run, (sentence) => lost.push(sentence));
      const [name] = await locks();
      const { mtimeMs } = await stat(join(run, name));
      await vi.waitFor(async () => {
        vi.advanceTimersByTime(15_000);
        expect((await stat(join(run, name))).mtimeMs).toBeGreaterThan(mtimeMs);
      });
      await rm(join(run, name));
      await vi.waitFor(() => {
        vi.advanceTimersByTime(15_000);
        expect(lost).toHaveLength(1);
      });
      vi.advanceTimersByTime(60_000);
      expect(lost).toEqual([
        expect.stringMatching(/mine no longer belongs to this run: .* This run writes nothing more there\.$/),
      ]);
      await lock.release();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a lock's file", () => {
  /** The file of a living process on this machine, with changes, and with a given age. */
  async function leave(changes: object | string, seconds = 0): Promise<string> {
    await rm(run, { recursive: true, force: true });
    const lock = await lockRun(run, unexpected);
    const [name] = await locks();
    const holder = JSON.parse(await readFile(join(run, name), "utf8")) as Record<string, unknown>;
    await lock.release();
    const path = join(run, ".lock-left");
    await mkdir(run, { recursive: true });
    await writeFile(path, "");
    const inode = String((await stat(path)).ino);
    await writeFile(path, typeof changes === "string" ? changes : JSON.stringify({ ...holder, inode, ...changes }));
    const time = Date.now() / 1000 - seconds;
    await utimes(path, time, time);
    return path;
  }

  test("of a process on this machine is valid while that lives, however long it was silent", async () => {
    await leave({}, 100_000);
    expect(await refusal()).toContain(`the process ${process.pid} `);
  });

  test.skipIf(process.platform !== "linux")("is invalid if its number belongs to another process by now", async () => {
    await leave({ start: "12345" });
    await free();
  });

  test("of another machine is valid while it is fresh, and says when it was last updated", async () => {
    const elsewhere = { machine: "another", host: "node-7", pid: 42, since: "2026-01-02T03:04:05Z" };
    await leave(elsewhere, 40);
    expect(await refusal()).toMatch(
      /the process 42 on node-7 has been training there since 2026-01-0.*last reported (39|40|41) s ago, .* dead after 90 s/,
    );
    await leave(elsewhere, 100);
    await free();
    expect(existsSync(join(run, ".lock-left"))).toBe(false);
  });

  test("that is empty, invalid or only a request is valid while it is fresh", async () => {
    vi.spyOn(Math, "random").mockReturnValue(-0.33); // no pause
    try {
      for (const content of ["", "{", "null", '{"pid": -1}', '{"pid": "1"}', { since: null }]) {
        await leave(content);
        expect(await refusal()).toContain("Another process has just begun to use");
        await leave(content, 100);
        if (typeof content === "string") await free();
      }
    } finally {
      vi.restoreAllMocks();
    }
  });
});
