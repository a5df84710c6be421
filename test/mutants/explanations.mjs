// Why faults that no check detects may stay: the entries of equivalent.json. An entry names a line
// by its text, before and after, so that it stays valid wherever the line moves.

import { readFileSync } from "node:fs";

/** @typedef {import("./faults.mjs").Fault} Fault */

/**
 * `why` a fault cannot matter; or what it affects `elsewhere`, and why no test here detects it. The
 * `fault` is the changed line, or "any" change of it.
 *
 * @typedef {{ file: string, line: string, fault: string, why?: string, elsewhere?: string }} Explanation
 */

/** @type {readonly Explanation[]} */
export const explanations = JSON.parse(readFileSync(new URL("equivalent.json", import.meta.url), "utf8"));

/**
 * The text of a fault's line, before and after. A fault that spans lines is represented by the
 * first.
 *
 * @param {Fault} fault
 * @param {string} source of its file
 */
export function linesOf({ start, end, text }, source) {
  const first = source.lastIndexOf("\n", start - 1) + 1;
  const last = source.indexOf("\n", end);
  const [before, after] = [source.slice(first, last), source.slice(first, start) + text + source.slice(end, last)];
  return [before, after].map((lines) => lines.replace(/\s+/g, " ").trim());
}

/**
 * @param {Fault} fault
 * @param {string} source of its file
 */
export function explanationOf(fault, source) {
  const [before, after] = linesOf(fault, source);
  return explanations.find(
    ({ file, line, fault: changed }) =>
      file === fault.file && line === before && (changed === after || changed === "any"),
  );
}
