// Identifies a network from a file. The names and shapes of its tensors determine the architecture,
// its width, its norm and its dropout, so users need not specify them. Each kind of network makes a
// guess from the few tensors that distinguish it. The guess must then account for every tensor in
// the file, and every tensor of the guess must be there.

import { UserError } from "../errors.ts";
import { layers, networkName, stateDict, type Architecture, type Norm } from "./architecture.ts";

export interface Identity {
  architecture: Architecture;
  /**
   * Tensors that belong to no parameter: the statistics that old PyTorch kept for instance norm,
   * which does not use them.
   */
  ignored: string[];
}

/** A tensor's name and shape. */
export interface TensorShape {
  name: string;
  shape: readonly number[];
}

/**
 * Recognises a network by its tensors, in any order.
 *
 * @throws UserError that names the first tensor that does not fit, and what the closest network has
 * instead
 */
export function identify(tensors: readonly TensorShape[]): Identity {
  if (tensors.length === 0) throw new UserError("The file holds no tensors.");
  const empty = tensors.find(({ shape }) => shape.includes(0));
  if (empty) throw new UserError(`${describe(empty)} is empty, unlike any tensor of a known network.`);
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const matches = [resnet, unet, patch, pixel]
    .map((guess) => guess(shapes))
    .filter((architecture) => architecture !== undefined)
    .map((architecture) => match(architecture, tensors, shapes));

  const fitting = matches.find(({ misfit }) => misfit === undefined);
  if (fitting) return { architecture: fitting.architecture, ignored: fitting.ignored };
  if (matches.length === 0) {
    throw new UserError(
      `${describe(tensors[0])} is not a tensor of a known network: a ResNet generator begins with model.1.weight, a U-Net ` +
        "generator with model.model.0.weight, a PatchGAN discriminator with model.0.weight, a pixel one with net.0.weight.",
    );
  }
  throw new UserError(matches.reduce((best, other) => (other.fits > best.fits ? other : best)).misfit!);
}

/**
 * Whether tensors look roughly like a generator's; for files that also hold other kinds of
 * networks.
 */
export function looksLikeGenerator(tensors: readonly TensorShape[]): boolean {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  return resnet(shapes) !== undefined || unet(shapes) !== undefined;
}

/** As `looksLikeGenerator`, for a discriminator. */
export function looksLikeDiscriminator(tensors: readonly TensorShape[]): boolean {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  return patch(shapes) !== undefined || pixel(shapes) !== undefined;
}

interface Match {
  architecture: Architecture;
  /** How many of the file's tensors fit. */
  fits: number;
  ignored: string[];
  /** The first tensor that does not fit, or undefined. */
  misfit: string | undefined;
}

function match(architecture: Architecture, tensors: readonly TensorShape[], shapes: Shapes): Match {
  const expected = new Map(stateDict(architecture).map(({ name, shape }) => [name, shape]));
  const statistics = new Set(architecture.norm === "instance" ? instanceStatistics(architecture) : []);
  // PyTorch before 0.4.1 did not count batches. Nothing but the count itself depends on it.
  const missing = [...expected].find(([name]) => !shapes.has(name) && !name.endsWith(".num_batches_tracked"));
  const network = title(architecture);
  const ignored: string[] = [];
  let fits = 0;
  let misfit: string | undefined;
  for (const tensor of tensors) {
    const shape = expected.get(tensor.name);
    if (shape && sameShape(shape, tensor.shape)) fits++;
    else if (!shape && statistics.has(tensor.name)) ignored.push(tensor.name);
    else if (shape) {
      misfit ??= `${describe(tensor)} does not fit ${network}, the closest known network, which has [${shape.join(", ")}] there`;
    } else {
      const instead = missing ? `, which has ${describe({ name: missing[0], shape: missing[1] })} instead` : "";
      misfit ??= `${describe(tensor)} has no place in ${network}, the closest known network${instead}`;
    }
  }
  if (missing) misfit ??= `${describe({ name: missing[0], shape: missing[1] })} is missing: ${network} has it`;
  return { architecture, fits, ignored, misfit: misfit && `${misfit}.` };
}

/**
 * PyTorch kept running statistics for instance norm too before 0.4, and for some months of 2018.
 */
function instanceStatistics(architecture: Architecture): string[] {
  return layers(architecture)
    .filter(({ kind }) => kind === "norm")
    .flatMap(({ name }) => [`${name}.running_mean`, `${name}.running_var`, `${name}.num_batches_tracked`]);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i]);
}

function describe({ name, shape }: TensorShape): string {
  const text = shape.length > 8 ? `${shape.length} dimensions` : `[${shape.join(", ")}]`;
  return `${name.length > 160 ? `${name.slice(0, 157)}...` : name} ${text}`;
}

/** For example "a ResNet generator (resnet_9blocks, ngf 64, norm instance)". */
function title(architecture: Architecture): string {
  const kinds = {
    resnet: "a ResNet generator",
    unet: "a U-Net generator",
    patch: "a PatchGAN discriminator",
    pixel: "a pixel discriminator",
  };
  const width = "ngf" in architecture ? `ngf ${architecture.ngf}` : `ndf ${architecture.ndf}`;
  const count = architecture.kind === "patch" ? `, ${architecture.layers} layers` : "";
  return `${kinds[architecture.kind]} (${networkName(architecture)}${count}, ${width}, norm ${architecture.norm})`;
}

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Width and channels of a network's first convolution, if the file has it. */
function firstConvolution(shapes: Shapes, name: string) {
  const shape = shapes.get(`${name}.weight`);
  return shape?.length === 4 ? { filters: shape[0], inputChannels: shape[1] } : undefined;
}

/** Only batch norm has a weight; a convolution has a bias only with instance norm. */
function normOf(shapes: Shapes, convolution: string, norm: string): Norm {
  if (shapes.get(`${norm}.weight`)?.length === 1) return "batch";
  return shapes.has(`${convolution}.bias`) ? "instance" : "none";
}

function resnet(shapes: Shapes): Architecture | undefined {
  const first = firstConvolution(shapes, "model.1");
  if (!first) return undefined;
  let blocks = 0;
  while (shapes.has(`model.${10 + blocks}.conv_block.1.weight`)) blocks++;
  return {
    kind: "resnet",
    inputChannels: first.inputChannels,
    outputChannels: shapes.get(`model.${17 + blocks}.weight`)?.[0] ?? 3,
    ngf: first.filters,
    blocks,
    norm: normOf(shapes, "model.1", "model.2"),
    dropout: shapes.get("model.10.conv_block.6.weight")?.length === 4,
  };
}

/**
 * The depth of a U-Net for images of 65536 pixels a side. The names of its tensors get longer with
 * every level.
 */
const maximumDowns = 16;

function unet(shapes: Shapes): Architecture | undefined {
  const first = firstConvolution(shapes, "model.model.0");
  if (!first) return undefined;
  let downs = 1;
  let path = "model.model.1";
  while (downs < maximumDowns && shapes.has(`${path}.model.1.weight`)) {
    path += ".model.3";
    downs++;
  }
  return {
    kind: "unet",
    inputChannels: first.inputChannels,
    outputChannels: shapes.get("model.model.3.weight")?.[1] ?? 3,
    ngf: first.filters,
    downs: Math.max(downs, 5),
    norm: normOf(shapes, "model.model.0", "model.model.1.model.2"),
    dropout: null,
  };
}

function patch(shapes: Shapes): Architecture | undefined {
  const first = firstConvolution(shapes, "model.0");
  if (!first) return undefined;
  const convolutions = [...shapes].filter(([name, { length }]) => length === 4 && /^model\.\d+\.weight$/.test(name));
  return {
    kind: "patch",
    inputChannels: first.inputChannels,
    ndf: first.filters,
    layers: Math.max(convolutions.length - 2, 1),
    norm: normOf(shapes, "model.2", "model.3"),
  };
}

function pixel(shapes: Shapes): Architecture | undefined {
  const first = firstConvolution(shapes, "net.0");
  if (!first) return undefined;
  const norm = normOf(shapes, "net.2", "net.3");
  return { kind: "pixel", inputChannels: first.inputChannels, ndf: first.filters, norm };
}
