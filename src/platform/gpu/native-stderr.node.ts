// Filters what native code writes to standard error. That output bypasses `process.stderr` and goes
// straight to the file descriptor. To drop some lines, the descriptor is redirected to a file in
// memory while that code runs, and restored afterwards. Node has no call for that, so koffi calls
// the C library.

import { closeSync, fstatSync, readSync } from "node:fs";

const stderr = 2;
const closeOnExec = 1;

interface DescriptorCalls {
  dup(descriptor: number): number;
  dup2(from: number, to: number): number;
  /** A file that exists only in memory; only Linux has it. */
  memfd_create(name: string, flags: number): number;
}

let calls: Promise<DescriptorCalls | undefined> | undefined;

async function loadCalls(): Promise<DescriptorCalls | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const { default: koffi } = await import("koffi");
    const process = koffi.load(null);
    return {
      dup: process.func("int dup(int)"),
      dup2: process.func("int dup2(int, int)"),
      memfd_create: process.func("int memfd_create(const char *, unsigned int)"),
    };
  } catch {
    return undefined; // koffi is an optional package, and not built for every processor
  }
}

/**
 * Runs `work` and drops matching lines from what native code writes to standard error until `work`
 * returns; it does not wait for a returned promise. All other lines are written after it has
 * returned. On platforms without support, nothing is dropped.
 *
 * @param unwanted matched against a whole line, without its line end
 */
export async function withoutStderrLines<T>(unwanted: RegExp, work: () => T): Promise<Awaited<T>> {
  const descriptors = await (calls ??= loadCalls());
  const memory = descriptors?.memfd_create("stderr", closeOnExec) ?? -1;
  if (!descriptors || memory < 0) return await work();
  const kept = descriptors.dup(stderr);
  if (kept < 0) {
    closeSync(memory);
    return await work(); // there is no standard error
  }
  let result: T;
  descriptors.dup2(memory, stderr);
  try {
    result = work();
  } finally {
    descriptors.dup2(kept, stderr);
    closeSync(kept);
    const written = Buffer.alloc(fstatSync(memory).size);
    readSync(memory, written, 0, written.length, 0);
    closeSync(memory);
    // Latin 1 preserves every byte.
    const lines = written.toString("latin1").match(/.*\n|.+$/g) ?? [];
    const wanted = lines.filter((line) => !unwanted.test(line.replace(/\n$/, ""))).join("");
    if (wanted) process.stderr.write(Buffer.from(wanted, "latin1"));
  }
  return await result;
}
