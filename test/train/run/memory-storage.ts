// A storage in memory that can die at any of its operations, as a run does when the power fails.

import type { Storage } from "../../../src/train/run/storage.ts";

export class Crash extends Error {}

export class MemoryStorage implements Storage {
  readonly place = "checkpoints/run";
  /** Changes that still succeed; the next one throws, before or after it takes effect. */
  changesLeft = Infinity;
  crashesAfterwards = false;

  constructor(readonly files = new Map<string, Uint8Array>()) {}

  async read(name: string): Promise<Uint8Array | null> {
    return this.files.get(name) ?? null;
  }

  async write(name: string, data: Uint8Array | string): Promise<void> {
    this.#change(() => this.files.set(name, toBytes(data)));
  }

  async append(name: string, data: Uint8Array | string): Promise<void> {
    this.#change(() => this.files.set(name, Buffer.concat([this.files.get(name) ?? new Uint8Array(), toBytes(data)])));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change(() => {
      this.files.set(to, this.files.get(from)!);
      this.files.delete(from);
    });
  }

  async remove(name: string): Promise<void> {
    this.#change(() => this.files.delete(name));
  }

  async list(): Promise<string[]> {
    return [...this.files.keys()].sort();
  }

  text(name: string): string {
    return new TextDecoder().decode(this.files.get(name));
  }

  /** The contents of the disk after the crash. */
  survivor(): MemoryStorage {
    return new MemoryStorage(new Map(this.files));
  }

  #change(effect: () => void): void {
    const dies = this.changesLeft-- <= 0;
    if (dies && !this.crashesAfterwards) throw new Crash();
    effect();
    if (dies) throw new Crash();
  }
}

function toBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data);
}
