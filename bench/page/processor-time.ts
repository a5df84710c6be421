// The processor time of a browser, which runs as many processes.

import { readdirSync, readFileSync } from "node:fs";

/** A tick of /proc, on every Linux that Node runs on. */
const millisecondsPerTick = 10;

/**
 * The processor time in milliseconds that a process and its descendants have taken so far, over all
 * threads. NaN on systems without /proc.
 */
export function processorTime(pid: number): number {
  const children = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  for (const name of processes()) {
    const stat = statOf(name);
    if (stat === undefined) continue;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
    ticks.set(Number(name), stat.ticks);
  }
  const sum = (pid: number): number =>
    (ticks.get(pid) ?? NaN) + (children.get(pid) ?? []).reduce((total, child) => total + sum(child), 0);
  return millisecondsPerTick * sum(pid);
}

function processes(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // No Linux.
  }
}

/** Undefined for a process that has ended since it was listed. */
function statOf(pid: string): { parent: number; ticks: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // A name in parentheses may contain anything; what follows is numbers, after a letter.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}
