// The participants of a comparison, and how they take turns. A peer is another framework in its own
// process, a file of bench/peers. It gets one message for its setup and answers with its name. From
// then on it answers each message with a run.

import { fork, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { loadavg } from "node:os";
import { UserError } from "../src/errors.ts";
import { median } from "../src/median.ts";

/** From a call until the results are on the CPU. */
export interface Run {
  milliseconds: number;
  /**
   * The processor time of all cores: on a software adapter this is the work itself, whatever else
   * the machine does.
   */
  processorMilliseconds: number;
  output: Float32Array;
}

/** A tensor in PyTorch's order. */
export interface Shaped {
  shape: readonly number[];
  data: Float32Array<ArrayBuffer>;
}

export interface Contender {
  name: string;
  run(): Promise<Run>;
  close(): void;
}

export interface Peer {
  name: string;
  ask(message: unknown): Promise<Run>;
  close(): void;
}

/** The frameworks on WebGPU that `bench/peers` has files for. */
export const frameworks = ["tfjs", "onnxruntime", "jax"] as const;

/** Who takes part beside ours. */
export interface Opponents {
  /** The folder bench/peers, with a slash at its end. */
  folder: string;
  against: readonly (typeof frameworks)[number][];
  /** A Python that has PyTorch. Without it, PyTorch does not take part. */
  python: string | undefined;
}

interface Turn {
  milliseconds: number;
  processorMilliseconds: number;
  /** The machine's load just before the run. */
  load: number;
}

/** The results of a contender's turns; ratios are to the first contender. */
export interface Result {
  name: string;
  first: Run;
  milliseconds: number;
  processorMilliseconds: number;
  ratio: number;
  processorRatio: number;
  turns: readonly Turn[];
}

/**
 * Installs the peers' dependencies, which nothing else here needs, unless they are installed
 * already.
 */
export function installPeers(folder: string): void {
  const changed = (file: string) => statSync(`${folder}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed("node_modules/.package-lock.json") >= changed("package-lock.json")) return;
  console.error("Installing the peers into bench/peers/node_modules.");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new UserError("The peers could not be installed: `npm ci` in bench/peers says why.");
}

async function answer<T>(peer: ChildProcess, name: string): Promise<T> {
  const left = new AbortController();
  try {
    const exit = once(peer, "exit", { signal: left.signal }).then(() => {
      throw new Error(`The peer ${name} ended early.`);
    });
    const [message] = (await Promise.race([once(peer, "message", { signal: left.signal }), exit])) as [T];
    return message;
  } finally {
    left.abort();
  }
}

/** @param file the peer's file, whose header describes its messages */
export async function startPeer(file: string, setup: object): Promise<Peer> {
  const peer = fork(file, { serialization: "advanced" });
  peer.send(setup);
  const { ready } = await answer<{ ready: string }>(peer, file);
  return {
    name: ready,
    ask(message) {
      peer.send(message as object);
      return answer(peer, ready);
    },
    close: () => peer.kill(),
  };
}

/**
 * One warm-up run of each, then this many in turns, so that other load on the machine affects all
 * of them alike.
 */
export async function race(contenders: readonly Contender[], repeats: number): Promise<Result[]> {
  const results: { name: string; first: Run; turns: Turn[] }[] = [];
  for (const { name, run } of contenders) results.push({ name, first: await run(), turns: [] });
  for (let turn = 0; turn < repeats; turn++) {
    for (const [i, { run }] of contenders.entries()) {
      const load = loadavg()[0];
      const { milliseconds, processorMilliseconds } = await run();
      results[i].turns.push({ milliseconds, processorMilliseconds, load });
    }
  }
  const medianOf = (turns: Turn[], key: keyof Turn) => median(turns.map((turn) => turn[key]));
  return results.map(({ name, first, turns }) => {
    const milliseconds = medianOf(turns, "milliseconds");
    const processorMilliseconds = medianOf(turns, "processorMilliseconds");
    const ratio = milliseconds / medianOf(results[0].turns, "milliseconds");
    const processorRatio = processorMilliseconds / medianOf(results[0].turns, "processorMilliseconds");
    return { name, first, milliseconds, processorMilliseconds, ratio, processorRatio, turns };
  });
}
