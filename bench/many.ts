// npm run bench:many: audits many pictures, and records memory and time on the way. It kills the
// audit once and continues it, and then checks the table: every picture once, in the tar's order,
// with the rows from before the kill unchanged.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exists } from "../src/cli/files/model.ts";
import { UserError } from "../src/errors.ts";
import { writeCrops } from "./audit/crops.ts";
import { runBench } from "./command.ts";
import { tableRow } from "./text.ts";

const usage = `npm run bench:many -- --art DIR --out DIR   (Linux)
  --art DIR       pixel art, one pixel a cell, of which crops are made
  --out DIR       where the tar, the table and the record are kept; the same command goes on there
  --pictures N    how many (100000)`;

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const secondsBetween = 10;

interface Reading {
  /** Of all pictures, including those judged before the process started. */
  readonly done: number;
  /** Of this process: seconds of a core, and bytes of resident memory. */
  readonly seconds: number;
  readonly resident: number;
  readonly process: number;
}

/** The journal's complete lines without its first, and how long it is. */
async function readJournal(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(1, -1);
}

/** Counts the pictures in a journal, and reads only what was appended since the last call. */
function counterOf(path: string): () => Promise<number> {
  let [at, lines] = [0, 0];
  return async () => {
    // The finished audit has removed it.
    const file = await open(path).catch(() => undefined);
    if (file) {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.max(0, size - at));
      await file.read(bytes, 0, bytes.length, at);
      await file.close();
      at += bytes.length;
      for (const byte of bytes) if (byte === 10) lines++;
    }
    return Math.max(0, lines - 1);
  };
}

/** Linux's clock ticks per second, and the bytes of a page. */
const [ticks, page] = [100, 4096];

async function usageOf(pid: number): Promise<{ seconds: number; resident: number } | undefined> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => undefined);
  const [times, memory] = [await read("stat"), await read("statm")];
  if (!times || !memory) return undefined;
  const fields = times.slice(times.lastIndexOf(")") + 2).split(" ");
  return { seconds: (Number(fields[11]) + Number(fields[12])) / ticks, resident: Number(memory.split(" ")[1]) * page };
}

/** Runs the audit, until `kill` pictures are in its journal if that is given. */
async function audit(tar: string, csv: string, record: string, kill?: number): Promise<void> {
  const child = spawn(process.execPath, [cli, "dataset", "audit", tar, "--csv", csv], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  const count = counterOf(`${csv}.journal`);
  for (;;) {
    const isOver = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, secondsBetween * 1000))]);
    const done = await count();
    const used = await usageOf(child.pid!);
    if (isOver === undefined && used)
      await appendFile(record, `${JSON.stringify({ done, ...used, process: child.pid! } satisfies Reading)}\n`);
    if (isOver !== undefined) break;
    if (kill !== undefined && done >= kill) child.kill("SIGKILL");
  }
  if (kill === undefined && child.exitCode !== 0) throw new UserError(`the audit ended with ${child.exitCode}.`);
}

/** Compares the table with the journal before the kill. */
async function check(csv: string, before: readonly string[], pictures: number): Promise<void> {
  const table = (await readFile(csv.replace(/\.csv$/, ".jsonl"), "utf8")).split("\n").filter(Boolean);
  const rows = table.map((line) => JSON.parse(line) as Record<string, unknown>);
  const inOrder = rows.every(({ file }, i) => String(file).endsWith(`/${String(i).padStart(6, "0")}.png`));
  const changed = before.filter((line, i) => {
    const { duplicateOf: _, duplicateKind: __, ...row } = rows[i];
    return JSON.stringify(row) !== line.slice(line.indexOf("\t") + 1);
  });
  console.log(
    `${rows.length} of ${pictures} pictures, ${inOrder ? "each once and in order" : "NOT each once and in order"}; ` +
      `${before.length} rows from before the kill, ${changed.length} of them changed`,
  );
}

function report(readings: readonly Reading[], pictures: number): void {
  console.log(tableRow(["pictures done", "MB resident", "ms of a core a picture"]));
  console.log(tableRow(["---", "---", "---"]));
  const step = pictures / 10;
  for (let from = 0; from < pictures; from += step) {
    const part = readings.filter(({ done }) => done > from && done <= from + step && done < pictures);
    const { seconds, done } = spentOn(part);
    if (done === 0) continue;
    console.log(tableRow([`${from} to ${from + step}`, mostMegabytes(part), ((1000 * seconds) / done).toFixed(1)]));
  }
  const tables = readings.filter(({ done }) => done === pictures);
  console.log(`\nduplicates and tables: ${spentOn(tables).seconds.toFixed(0)} s, ${mostMegabytes(tables)} MB`);
}

/** Summed over the time between two readings of the same process. */
function spentOn(readings: readonly Reading[]): { seconds: number; done: number } {
  let [seconds, done] = [0, 0];
  readings.slice(1).forEach((reading, i) => {
    if (reading.process !== readings[i].process) return;
    seconds += reading.seconds - readings[i].seconds;
    done += reading.done - readings[i].done;
  });
  return { seconds, done };
}

function mostMegabytes(readings: readonly Reading[]): string {
  return (Math.max(0, ...readings.map(({ resident }) => resident)) / 1e6).toFixed(0);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      art: { type: "string" },
      out: { type: "string" },
      pictures: { type: "string", default: "100000" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(usage);
  const { art, out } = values;
  const pictures = Number(values.pictures);
  if (!art || !out || !(pictures >= 2))
    throw new UserError(`Folders of pixel art and for the results are needed:\n${usage}`);
  await mkdir(out, { recursive: true });
  const [tar, csv, record] = ["crops.tar", "audit.csv", "record.jsonl"].map((name) => join(out, name));
  if (!(await exists(tar))) await writeCrops(art, pictures, tar);
  const killed = join(out, "before-the-kill.txt");
  if (!(await exists(killed))) {
    await audit(tar, csv, record, pictures / 2);
    await appendFile(killed, `${(await readJournal(`${csv}.journal`)).join("\n")}\n`);
  }
  await audit(tar, csv, record);
  const lines = (await readFile(record, "utf8").catch(() => "")).split("\n").filter(Boolean);
  report(
    lines.map((line) => JSON.parse(line) as Reading),
    pictures,
  );
  await check(csv, (await readFile(killed, "utf8")).split("\n").filter(Boolean), pictures);
}

await runBench(main);
