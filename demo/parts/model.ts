// Reads a generator from a checkpoint's bytes, and describes it.

import { naming, UserError } from "../../src/errors.ts";
import { maximumCheckpointBytes } from "../../src/formats/checkpoint/checkpoint.ts";
import type { NamedTensor } from "../../src/formats/tensors/tensors.ts";
import { networkName, parameterCount } from "../../src/nn/architecture.ts";
import { multipleOf, pictureArchitecture } from "../../src/nn/generator.ts";
import { looksLikeGenerator } from "../../src/nn/identify.ts";
import type { ModelCard } from "../../src/platform/models/model-card.ts";
import { readOwnNetwork, type FileNetworks } from "./own-network.ts";

/** Describes a loaded generator, from its tensors and from its card if it has one. */
export interface ModelDescription {
  /** The name of the card or of the file. */
  readonly name: string;
  /** What it converts into what; null for a visitor's model. */
  readonly description: string | null;
  readonly network: string;
  readonly ngf: number;
  readonly norm: string;
  readonly parameters: number;
  readonly precision: string;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** The pixels along a cell of its output; null if unknown. */
  readonly cell: number | null;
  /**
   * The width of the mirrored border that pads a picture before the network and is cropped after
   * it.
   */
  readonly margin: number;
  /** The networks of its file. */
  readonly networks: FileNetworks;
}

export interface Model {
  readonly tensors: readonly NamedTensor[];
  readonly description: ModelDescription;
  /** The sides of its pictures must be multiples of this. */
  readonly multiple: number;
}

/**
 * @param key the network in the file; by default the first generator
 * @throws UserError that says what is wrong with the bytes, with the same wording as the command
 * line
 */
export function readModel(
  name: string,
  bytes: Uint8Array,
  { card, key }: { readonly card?: ModelCard; readonly key?: string | undefined } = {},
): Model {
  return naming(name, () => {
    const { tensors, ...networks } = readOwnNetwork(bytes, looksLikeGenerator, key);
    const architecture = pictureArchitecture(tensors);
    const { ngf, norm, inputChannels, outputChannels } = architecture;
    return {
      tensors,
      multiple: multipleOf(architecture),
      description: {
        name,
        description: card?.description ?? null,
        network: networkName(architecture),
        parameters: parameterCount(architecture),
        precision: tensors[0].dtype,
        ngf,
        norm,
        inputChannels,
        outputChannels,
        cell: card?.cell ?? null,
        margin: card?.margin ?? 0,
        networks,
      },
    };
  });
}

/**
 * The bytes of a file that may be a checkpoint.
 *
 * @throws UserError if it is too large, or cannot be read
 */
export async function checkpointBytes(file: File): Promise<Uint8Array> {
  if (file.size > maximumCheckpointBytes) {
    throw new UserError(
      `${file.name}: the file has ${file.size} bytes, but at most ${maximumCheckpointBytes} are read.`,
    );
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new UserError(
      `${file.name}: it cannot be read. If it was moved or changed, choose it again. [${(error as Error).message}]`,
    );
  }
}
