// Debug output of the engine, by topic. A topic that was not requested costs nothing: in
// `gpu.debug.plan?.(listing(plan))` the text is not even built.

import { UserError } from "../errors.ts";

export const debugTopics = ["shaders", "plan", "submits", "memory"] as const;

export type DebugTopic = (typeof debugTopics)[number];

/** The output function of each requested topic. */
export type Debug = Readonly<Partial<Record<DebugTopic, (text: string) => void>>>;

/**
 * @param words topics, separated by commas, as in `plan,memory`
 * @param print receives lines that begin with their topic; a shader's text follows its line
 * @throws UserError for a word that is no topic
 */
export function debugOf(words: string, print: (text: string) => void): Debug {
  const wanted = words.split(",").map((word) => word.trim());
  const unknown = wanted.find((word) => word !== "" && !(debugTopics as readonly string[]).includes(word));
  if (unknown !== undefined) {
    throw new UserError(
      `PIXELCYCLE_DEBUG has no topic "${unknown}"; use one or more of ${debugTopics.join(", ")}, separated by commas.`,
    );
  }
  const topics = debugTopics.filter((topic) => wanted.includes(topic));
  return Object.fromEntries(topics.map((topic) => [topic, (text) => print(`${topic.padEnd(8)} ${text}`)]));
}

/** Bytes in a readable unit. */
export function bytesText(bytes: number): string {
  return bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
