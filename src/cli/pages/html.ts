// HTML helpers for the pages that the command line writes.

import { extname } from "node:path";
import { readFileBytes } from "../../platform/files/files.node.ts";

/** Escapes text for HTML, between tags and in quotes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (letter) => entities[letter]);
}

/** Names and values, for a `dl`. */
export function definitions(entries: readonly (readonly [string, string])[]): string {
  return entries
    .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join("");
}

/**
 * A data URL of a JPEG or PNG.
 *
 * @throws UserError naming the file that cannot be read
 */
export async function imageUrl(path: string): Promise<string> {
  const type = extname(path).toLowerCase() === ".png" ? "image/png" : "image/jpeg";
  return `data:${type};base64,${Buffer.from(await readFileBytes(path)).toString("base64")}`;
}
