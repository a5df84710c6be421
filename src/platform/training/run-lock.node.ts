// The lock on a run's folder: one process at a time, and none for longer than it lives.
//
// A process that wants the folder first creates its own file in it, `.lock-` and a random name, and
// only then looks for others. If two come at the same moment, at least one sees the other, since
// each looks after it has written. A process that sees another one withdraws. It tries again a
// moment later, unless the other one's file says that it holds the folder. Anybody may remove the
// file of a dead process at any time, since no living process ever has its name.
//
// On its own machine, a process is identified exactly by its number and start time. For another
// machine that shares the folder, only the file shows whether its process lives: it is rewritten
// every `beat`, by the file server's clock, and counts as long as it is fresh.

import { randomUUID } from "node:crypto";
import * as files from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { temporaryName } from "../../file-name.ts";
import { nameOption } from "../../option-names.ts";
import { makeFolders } from "../files/files.node.ts";
import { storageError } from "./storage.node.ts";

const beat = 15_000;
const stale = 90_000;
/**
 * How long a process that saw another one waits before it tries again, in milliseconds: random, so
 * that two processes do not collide again.
 */
const pause = () => 100 + 300 * Math.random();
const mostTries = 20;

const isLock = (name: string) => /^\.lock-[\w-]+$/.test(name);

/** The contents of a process's file. */
interface Holder {
  readonly pid: number;
  /** When the process started, in the system's own units; null if unknown. */
  readonly start: string | null;
  /** Process numbers are only comparable on the same machine. */
  readonly machine: string;
  readonly host: string;
  /**
   * Where the file was created, and its inode there. In a copy of the folder the lock is invalid.
   */
  readonly folder: string;
  readonly inode: string;
  /** Null while the process only requests the folder. */
  readonly since: string | null;
}

export interface RunLock {
  release(): Promise<void>;
}

/**
 * Locks a run's folder for this process, and creates the folder if it is missing.
 *
 * @param onLost receives a sentence when the folder no longer belongs to this process, which then
 * must not write there any more
 * @throws UserError naming the process that holds it, or if the folder cannot be written to
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
      // Another process that only requests the folder withdraws as well.
      const holder = others.find(({ holder }) => holder?.since) ?? (tries < mostTries ? undefined : others[0]);
      if (holder) throw new UserError(refusal(folder, holder));
    } catch (error) {
      // A run that ends at this moment may remove the folder that was created for it.
      if ((error as NodeJS.ErrnoException).code === "ENOENT" && tries < 3) continue;
      await removeEmpty(folder, made);
      throw error instanceof UserError ? error : storageError(folder, error);
    }
    await after(pause());
  }
}

/**
 * Removes a folder and its parents up to the first one that was created for it, as far as they are
 * empty.
 */
async function removeEmpty(folder: string, first: string | undefined): Promise<void> {
  if (first === undefined) return;
  try {
    for (let at = resolve(folder); at.length >= resolve(first).length; at = dirname(at)) await files.rmdir(at);
  } catch {
    // It is not empty.
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
    // It gets its name when it is complete: an empty one, of a process that was killed here, would
    // count as long as it is fresh.
    const temporary = join(folder, temporaryName(name.slice(1)));
    const handle = await files.open(temporary, "wx");
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
      await files.rename(temporary, join(folder, name));
      return own;
    } catch (error) {
      await handle.close();
      await files.rm(temporary, { force: true });
      throw error;
    }
  }

  /** Writes the file in one piece; the file server's clock dates it. */
  async write(): Promise<void> {
    await this.handle.write(JSON.stringify(this.holder), 0);
  }

  /** The time by the file server's clock. */
  async now(): Promise<number> {
    return (await this.handle.stat()).mtimeMs;
  }

  /** Rewrites the file regularly, until the lock is released or the file is gone. */
  async keep(onLost: (sentence: string) => void): Promise<void> {
    this.holder = { ...this.holder, since: new Date().toISOString() };
    await this.write();
    this.timer = setInterval(() => {
      void this.beat(onLost).catch(() => {}); // for transient errors; on this machine the process counts, not its file
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
        `${this.folder} no longer belongs to this run: it was moved, or another process took it over after hearing nothing from this one for ` +
          `${stale / 1000} seconds. This run writes nothing more there.`,
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

/** A file of another process, which holds the folder or requests it. */
interface Other {
  readonly name: string;
  /** Undefined while it is being written. */
  readonly holder: Holder | undefined;
  /** Milliseconds since the file was last written. */
  readonly age: number;
  /** Whether only its file shows if it lives. */
  readonly elsewhere: boolean;
}

/** All that live; the files of dead ones are removed. */
async function othersThan(own: OwnFile): Promise<Other[]> {
  const others: Other[] = [];
  for (const name of (await files.readdir(own.folder)).filter(isLock).sort()) {
    if (name === own.name) continue;
    const path = join(own.folder, name);
    const other = await look(path, await own.now()).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // just released
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

/**
 * Whether the file was created in another folder. Some network file systems have no stable inodes,
 * so the path counts too.
 */
async function isCopy(holder: Holder, folder: string, path: string): Promise<boolean> {
  const { ino } = await files.stat(path, { bigint: true });
  if (holder.inode === String(ino)) return false;
  return holder.host !== hostname() || holder.folder !== (await files.realpath(folder));
}

function refusal(folder: string, { holder, age, elsewhere }: Other): string {
  const advice = `Wait until it ends, stop it, or give this run another ${nameOption("name")}.`;
  if (!holder?.since) return `Another process has just begun to use ${folder}. ${advice}`;
  const { pid, host, since } = holder;
  const who = `the process ${pid}${elsewhere ? ` on ${host}` : ""}`;
  const heard = elsewhere
    ? ` It last reported ${Math.max(0, Math.round(age / 1000))} s ago, and counts as dead after ${stale / 1000} s.`
    : "";
  return `${folder} is in use: ${who} has been training there since ${localTime(since)}.${heard} ${advice}`;
}

/** Local date and time. */
function localTime(iso: string): string {
  return new Date(iso).toLocaleString("sv-SE");
}

/**
 * When a process started, and whether it has ended but was not reaped yet; undefined if the system
 * does not say.
 */
async function processState(pid: number): Promise<{ start: string; ended: boolean } | undefined> {
  const text = await files.readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // The fields after the command, which may contain anything: the state is the third field, the
  // start the twenty-second (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { start: fields[19], ended: fields[0] === "Z" || fields[0] === "X" };
}

/** Identifies the boot and the container, since each has its own process numbers. */
async function machine(): Promise<string> {
  const boot = await files.readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const space = await files.readlink("/proc/self/ns/pid").catch(() => "");
  return [hostname(), boot.trim(), space].join(" ").trim();
}
