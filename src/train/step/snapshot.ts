// Converts between the memory of a trainer and named tensors, for state files and for the
// checkpoints that PyTorch reads.

import { UserError } from "../../errors.ts";
import { float32Tensor, toFloat32, type NamedTensor } from "../../formats/tensors/tensors.ts";
import { pack, unpack } from "../../kernels/core/layout.ts";
import type { TensorType } from "../../kernels/core/operation.ts";
import { stateDict, type Architecture } from "../../nn/architecture.ts";
import { mapNetworks, networkNames, type NetworkName } from "./networks.ts";
import { memory, optimizerNames } from "./optimizers.ts";
import type { TrainerMemory } from "./plan.ts";
import type { Snapshot } from "./trainer.ts";

/** The name of each tensor of a state, and its place in a snapshot. */
interface Place {
  readonly name: string;
  readonly type: TensorType;
  readonly buffer: string;
  /** In bytes. */
  readonly offset: number;
  readonly bytes: number;
}

function places({ arenas, others }: TrainerMemory): Place[] {
  const inArenas = optimizerNames.flatMap((optimizer) =>
    [...arenas[optimizer].entries].flatMap(([name, { type, offset, bytes }]) => [
      { name, type, buffer: memory.weights(optimizer), offset, bytes },
      { name: `first moment of ${name}`, type, buffer: memory.first(optimizer), offset, bytes },
      { name: `second moment of ${name}`, type, buffer: memory.second(optimizer), offset, bytes },
    ]),
  );
  const alone = [...others].map(([name, { type, bytes }]) => ({ name, type, buffer: name, offset: 0, bytes }));
  return [...inArenas, ...alone];
}

/** A snapshot as named tensors, in PyTorch's shapes. */
export function toTensors(layout: TrainerMemory, snapshot: Snapshot): NamedTensor[] {
  return places(layout).map(({ name, type, buffer, offset, bytes }) =>
    float32Tensor(name, [...type.shape], unpack(type, new Float32Array(snapshot.get(buffer)!, offset, bytes / 4))),
  );
}

/**
 * The inverse. Missing tensors are zero where the layout allows it: moments and pools, not weights.
 *
 * @throws UserError naming a tensor that is missing or of another shape
 */
export function fromTensors(layout: TrainerMemory, tensors: readonly NamedTensor[]): Snapshot {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const snapshot = new Map<string, ArrayBuffer>();
  for (const optimizer of optimizerNames) {
    for (const name of [memory.weights, memory.first, memory.second]) {
      snapshot.set(name(optimizer), new ArrayBuffer(layout.arenas[optimizer].bytes));
    }
  }
  for (const [name, { bytes }] of layout.others) snapshot.set(name, new ArrayBuffer(bytes));
  for (const { name, type, buffer, offset, bytes } of places(layout)) {
    const tensor = byName.get(name);
    if (!tensor) {
      if (/^(first moment|second moment|pool) of /.test(name)) continue;
      throw new UserError(`There is no tensor called ${name}.`);
    }
    if (String(tensor.shape) !== String(type.shape)) {
      throw new UserError(`${name} has shape [${tensor.shape}]; these options need [${type.shape}].`);
    }
    new Float32Array(snapshot.get(buffer)!, offset, bytes / 4).set(pack(type, toFloat32(tensor)));
  }
  return snapshot;
}

/** A network's state dict, in PyTorch's order, from the tensors of a state. */
export function stateDictOf(
  architecture: Architecture,
  network: NetworkName,
  tensors: readonly NamedTensor[],
  batchesTracked: number,
): NamedTensor[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return stateDict(architecture).map(({ name, shape, dtype }) =>
    dtype === "int64"
      ? { name, shape, dtype, data: new Uint8Array(BigInt64Array.of(BigInt(batchesTracked)).buffer) }
      : { ...byName.get(memory.tensor(network, name))!, name },
  );
}

/** State dicts as tensors of a state: the initial state of a run. */
export function tensorsOf(weights: Readonly<Record<NetworkName, readonly NamedTensor[]>>): NamedTensor[] {
  return networkNames.flatMap((network) =>
    weights[network]
      .filter(({ dtype }) => dtype !== "int64")
      .map((tensor) => ({ ...tensor, name: memory.tensor(network, tensor.name) })),
  );
}

/** How many batches the norms of each network have seen: 0 if it has none. */
export function batchesTrackedIn(
  architectures: Readonly<Record<NetworkName, Architecture>>,
  weights: Readonly<Record<NetworkName, readonly NamedTensor[]>>,
): Record<NetworkName, number> {
  const count = (network: NetworkName) => {
    const counter = stateDict(architectures[network]).find(({ role }) => role === "batches tracked");
    const tensor = counter && weights[network].find(({ name }) => name === counter.name);
    return tensor ? Number(toFloat32(tensor)[0]) : 0;
  };
  return mapNetworks(count);
}
