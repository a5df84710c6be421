// Adds the surroundings of a training run to a trace: the decoding of pictures and the writing of
// files.

import { traced, type Trace } from "../../../gpu/trace.ts";
import type { PictureSource } from "../../../train/batches/dataset.ts";
import type { Storage } from "../../../train/run/storage.ts";

/** The same pictures, with their decoding on the trace. */
export function tracedPictures(source: PictureSource, trace: Trace | undefined): PictureSource {
  if (!trace) return source;
  return {
    count: (side) => source.count(side),
    name: (side, index) => source.name(side, index),
    size: (side, index) => source.size(side, index),
    load: (side, index, onWarning) =>
      traced(trace, "decoding", source.name(side, index), () => source.load(side, index, onWarning)),
  };
}

/** The same storage, with its writes on the trace. */
export function tracedStorage(storage: Storage, trace: Trace | undefined): Storage {
  if (!trace) return storage;
  return {
    ...storage,
    write: (name, data) => traced(trace, "writing", name, () => storage.write(name, data)),
    append: (name, data) => traced(trace, "writing", name, () => storage.append(name, data)),
  };
}
