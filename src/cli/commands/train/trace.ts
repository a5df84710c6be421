// What surrounds a training run, on a trace: pictures that are decoded, files that are written.

import { traced, type Trace } from "../../../gpu/trace.ts";
import type { PictureSource } from "../../../train/dataset/dataset.ts";
import type { Storage } from "../../../train/run/storage.ts";

/** The pictures as they are, each of which is on the trace when it has been decoded. */
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

/** The storage as it is; what is written to it is on the trace. */
export function tracedStorage(storage: Storage, trace: Trace | undefined): Storage {
  if (!trace) return storage;
  return {
    ...storage,
    write: (name, data) => traced(trace, "writing", name, () => storage.write(name, data)),
    append: (name, data) => traced(trace, "writing", name, () => storage.append(name, data)),
  };
}
