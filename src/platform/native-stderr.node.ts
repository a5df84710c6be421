// What native code writes to standard error goes past `process.stderr`, straight to the file descriptor. To leave some lines of it out, the
// descriptor is pointed to a file in memory for as long as that code runs, and pointed back. Node has no call for that, so the C library's
// own are used, through koffi.

import { closeSync, fstatSync, readSync } from "node:fs";

const stderr = 2;
const closeOnExec = 1;

interface DescriptorCalls {
  dup(descriptor: number): number;
  dup2(from: number, to: number): number;
  /** A file that lies in memory alone; Linux has it, others not. */
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
    return undefined; // it is an optional package, and not built for every processor
  }
}

/**
 * Does `work`, and leaves the lines that match out of what native code writes to standard error until `work` returns; a promise that it
 * returns is not waited for. All else is written when it has returned. Where that cannot be done, nothing is left out.
 *
 * @param unwanted is matched against a whole line, without its end
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
    // Latin 1 gives every byte back as it was.
    const lines = written.toString("latin1").match(/.*\n|.+$/g) ?? [];
    const wanted = lines.filter((line) => !unwanted.test(line.replace(/\n$/, ""))).join("");
    if (wanted) process.stderr.write(Buffer.from(wanted, "latin1"));
  }
  return await result;
}
