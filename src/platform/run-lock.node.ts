// Who writes into a run's folder: one process at a time, and none for longer than it lives.
//
// A process that wants the folder puts a file of its own into it, `.lock-` and a random name, and only then looks for others. Of two that
// come at the same moment at least one sees the other, since each looks after it has written; whoever sees one withdraws, and asks again a
// moment later unless that one says that it has the folder.
// The file of a process that is dead may be removed by anybody at any time: no living one ever has that name.
//
// Whether a process lives is known exactly on its own machine, by its number and the time of its start. Of another machine that shares the
// folder only its file can tell: it is written anew every `beat`, by the file server's clock, and counts as long as it is fresh.

import { randomUUID } from "node:crypto";
import * as files from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { nameOption } from "../option-names.ts";
import { makeFolders } from "./files.node.ts";
import { storageError } from "./storage.node.ts";

const beat = 15_000;
const stale = 90_000;
/** How long a process that saw another one waits before it asks again, in milliseconds: by chance, lest both do it together. */
const pause = () => 100 + 300 * Math.random();
const mostTries = 20;

const isLock = (name: string) => /^\.lock-[\w-]+$/.test(name);

/** What the file of a process says of it. */
interface Holder {
  readonly pid: number;
  /** When the process began, in the system's own count; null where that cannot be known. */
  readonly start: string | null;
  /** Process numbers of one machine mean the same. */
  readonly machine: string;
  readonly host: string;
  /** Where the file was put, and its number there: it means nothing in a copy of the folder. */
  readonly folder: string;
  readonly inode: string;
  /** Null while it only asks. */
  readonly since: string | null;
}

export interface RunLock {
  release(): Promise<void>;
}

/**
 * Takes a run's folder for this process, and makes it where it is missing.
 *
 * @param onLost is told, in a sentence, when the folder is no longer this process's: nothing may be written there any more
 * @throws UserError naming the process that has it, or where nothing can be written there
 */
export async function lockRun(folder: string, onLost: (sentence: string) => void): Promise<RunLock> {
  let made: string | undefined;
  for (let tries = 1; ; tries++) {
    try {
      made = (await makeFolders(folder))[0] ?? made;
      const own = await OwnFile.create(folder);
      const others = await othersThan(own).catch(async (error: unknown) => {
        await own.remove();
        throw error;
      });
      if (others.length === 0) {
        await own.keep(onLost);
        return { release: () => own.remove().then(() => removeEmpty(folder, made)) };
      }
      await own.remove();
      // One that only asks withdraws as well.
      const holder = others.find(({ holder }) => holder?.since) ?? (tries < mostTries ? undefined : others[0]);
      if (holder) throw new UserError(refusal(folder, holder));
    } catch (error) {
      // A run that ends at this moment takes the folder away that was made for it.
      if ((error as NodeJS.ErrnoException).code === "ENOENT" && tries < 3) continue;
      await removeEmpty(folder, made);
      throw error instanceof UserError ? error : storageError(folder, error);
    }
    await after(pause());
  }
}

/** Removes a folder and those above it, down from the first that was made for it, as far as they are empty. */
async function removeEmpty(folder: string, first: string | undefined): Promise<void> {
  if (first === undefined) return;
  try {
    for (let at = resolve(folder); at.length >= resolve(first).length; at = dirname(at)) await files.rmdir(at);
  } catch {
    // Something is in it.
  }
}

class OwnFile {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly folder: string,
    readonly name: string,
    private readonly handle: files.FileHandle,
    private holder: Holder,
  ) {}

  static async create(folder: string): Promise<OwnFile> {
    const name = `.lock-${randomUUID()}`;
    const handle = await files.open(join(folder, name), "wx");
    try {
      const holder: Holder = {
        pid: process.pid,
        start: (await processState(process.pid))?.start ?? null,
        machine: await machine(),
        host: hostname(),
        folder: await files.realpath(folder),
        inode: String((await handle.stat({ bigint: true })).ino),
        since: null,
      };
      const own = new OwnFile(folder, name, handle, holder);
      await own.write();
      return own;
    } catch (error) {
      await handle.close();
      await files.rm(join(folder, name), { force: true });
      throw error;
    }
  }

  /** By the clock of whoever keeps the files, and in one piece. */
  async write(): Promise<void> {
    await this.handle.write(JSON.stringify(this.holder), 0);
  }

  /** The time by that clock. */
  async now(): Promise<number> {
    return (await this.handle.stat()).mtimeMs;
  }

  /** Says that this process has the folder, again and again, until it is released or its file gone. */
  async keep(onLost: (sentence: string) => void): Promise<void> {
    this.holder = { ...this.holder, since: new Date().toISOString() };
    await this.write();
    this.timer = setInterval(() => {
      void this.beat(onLost).catch(() => {}); // of trouble that passes; on this machine the process counts, not its file
    }, beat);
    this.timer.unref();
  }

  private async beat(onLost: (sentence: string) => void): Promise<void> {
    try {
      await files.access(join(this.folder, this.name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !this.timer) return;
      clearInterval(this.timer);
      onLost(
        `${this.folder} is no longer this run's: it was moved, or another process took it after hearing nothing from this one for ` +
          `${stale / 1000} seconds. Nothing more is written there.`,
      );
      return;
    }
    await this.write();
  }

  async remove(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.handle.close().catch(() => {});
    await files.rm(join(this.folder, this.name), { force: true }).catch(() => {});
  }
}

/** A file of another process, which holds the folder or asks for it. */
interface Other {
  readonly name: string;
  /** Undefined while it is being written. */
  readonly holder: Holder | undefined;
  /** Milliseconds since the file was last written. */
  readonly age: number;
  /** It is known by its file alone whether it lives. */
  readonly elsewhere: boolean;
}

/** All that live; files of others are removed. */
async function othersThan(own: OwnFile): Promise<Other[]> {
  const others: Other[] = [];
  for (const name of (await files.readdir(own.folder)).filter(isLock).sort()) {
    if (name === own.name) continue;
    const path = join(own.folder, name);
    const other = await look(path, await own.now()).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // released just now
      throw error;
    });
    if (!other) continue;
    if (await isAlive(other, own.folder, path)) others.push({ name, ...other });
    else await files.rm(path, { force: true });
  }
  return others;
}

async function look(path: string, now: number): Promise<Omit<Other, "name">> {
  const text = await files.readFile(path, "utf8");
  const age = now - (await files.stat(path)).mtimeMs;
  const holder = parse(text);
  const elsewhere = holder?.machine !== (await machine());
  return { holder, age, elsewhere };
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(
  { holder, age, elsewhere }: Omit<Other, "name">,
  folder: string,
  path: string,
): Promise<boolean> {
  if (holder && (await isCopy(holder, folder, path))) return false;
  if (!holder || elsewhere) return age < stale;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const state = await processState(holder.pid);
  if (!state || holder.start === null) return age < stale;
  return state.start === holder.start && !state.ended;
}

/** Whether the file was made in another folder. Some network file systems have no lasting numbers, so the place counts too. */
async function isCopy(holder: Holder, folder: string, path: string): Promise<boolean> {
  const { ino } = await files.stat(path, { bigint: true });
  if (holder.inode === String(ino)) return false;
  return holder.host !== hostname() || holder.folder !== (await files.realpath(folder));
}

function refusal(folder: string, { holder, age, elsewhere }: Other): string {
  const advice = `Wait until that has ended or stop it, or give this run another ${nameOption("name")}.`;
  if (!holder?.since) return `Another process has just begun to use ${folder}. ${advice}`;
  const { pid, host, since } = holder;
  const who = `the process ${pid}${elsewhere ? ` on ${host}` : ""}`;
  const heard = elsewhere
    ? ` It was last heard of ${Math.max(0, Math.round(age / 1000))} s ago, and is taken for dead after ${stale / 1000} s.`
    : "";
  return `${folder} is in use: ${who} has been training there since ${localTime(since)}.${heard} ${advice}`;
}

/** As a clock on the wall has it, with the date. */
function localTime(iso: string): string {
  return new Date(iso).toLocaleString("sv-SE");
}

/** When a process began and whether it has ended and was only not fetched yet; undefined where the system does not say. */
async function processState(pid: number): Promise<{ start: string; ended: boolean } | undefined> {
  const text = await files.readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // Behind the command, which may hold anything: the state is the third field, the start the twenty-second (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { start: fields[19], ended: fields[0] === "Z" || fields[0] === "X" };
}

/** Another boot or container has process numbers of its own. */
async function machine(): Promise<string> {
  const boot = await files.readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const space = await files.readlink("/proc/self/ns/pid").catch(() => "");
  return [hostname(), boot.trim(), space].join(" ").trim();
}
