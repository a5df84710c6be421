// The Inside view's worker, which runs networks and keeps their intermediate results.

import { expose } from "comlink";
import { allInOrder, naming } from "../../src/errors.ts";
import { DeviceLostError } from "../../src/gpu/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { Generator } from "../../src/nn/generator.ts";
import { looksLikeDiscriminator } from "../../src/nn/identify.ts";
import { fillHidden } from "../../src/picture/fill-hidden.ts";
import type { Image } from "../../src/picture/image.ts";
import { middleOf } from "../../src/picture/preprocess.ts";
import { resizeBicubic } from "../../src/picture/resize.ts";
import { enlarge } from "../../src/pixelart/grid/cells/geometry.ts";
import { openGpu } from "../../src/platform/gpu/gpu.browser.ts";
import { defaultModel, parseDiscriminatorCard } from "../../src/platform/models/model-card.ts";
import { decodeImage } from "../../src/platform/pictures/images.browser.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../src/train/options/options.ts";
import { dissectStep } from "../../src/train/step/anatomy.ts";
import { initialWeights } from "../../src/train/step/networks.ts";
import { bundledBytes, bundledModels } from "../parts/bundled-models.ts";
import { fetched } from "../parts/fetched.ts";
import { checkpointBytes, readModel, type Model } from "../parts/model.ts";
import { readOwnNetwork } from "../parts/own-network.ts";
import type { InsideApi, ModelSource, OwnFile, PictureSource, StepWeights } from "./api.ts";
import { judgePictures, type Judge } from "./judge/judging.ts";
import { Walker } from "./walk/walker.ts";

/** This script is served as workers/inside.js. */
const beside = (path: string) => new URL(`../${path}`, self.location.href).href;

/**
 * The size of judged pictures: the one that the bundled discriminator was trained on, or less on a
 * CPU, which is too slow for it.
 */
const judgedSide = ({ adapter }: Gpu) => (adapter.software ? 96 : 128);

let gpu: Promise<Gpu> | undefined;
let walker: Walker | undefined;
/**
 * The last request. Requests run one at a time, so that they do not disturb each other's timing.
 */
let last: Promise<unknown> = Promise.resolve();

function opened(): Promise<Gpu> {
  return (gpu ??= openGpu().catch((error: unknown) => {
    gpu = undefined; // after a failure the next call tries again
    throw error;
  }));
}

/**
 * Runs requests one after another. After a device loss it opens a new device and tries once more.
 */
function inTurn<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const done = last.then(async () => {
    try {
      return await work(await opened());
    } catch (error) {
      if (!(error instanceof DeviceLostError)) throw error;
      gpu = undefined;
      return await work(await opened());
    }
  });
  last = done.catch(() => undefined);
  return done;
}

const api: InsideApi = {
  async open() {
    const { adapter } = await opened();
    const [models, pictures, training] = await allInOrder([
      bundledModels(beside("weights/")),
      listOf<string[]>("samples/index.json"),
      listOf<{ B: string[] }>("samples/train/index.json"),
    ]);
    return {
      adapter,
      models: models.map(({ name, description }) => ({ name, description })),
      pictures,
      pixelArt: training.B,
    };
  },

  walk: (source, picture, side) =>
    inTurn(async (gpu) => {
      const model = await modelOf(source);
      const multiple = Math.ceil(side / model.multiple) * model.multiple;
      walker = await Walker.run(gpu, model, square(await pictureOf(picture), multiple));
      return walker.walk;
    }),

  layer: (index) =>
    inTurn(async () => {
      if (!walker) throw new Error("No picture has gone through a network yet.");
      return walker.layer(index);
    }),

  dissect: (kind, photo, pixelArt) =>
    inTurn(async (gpu) => {
      const options = stepOptions(kind, gpu.adapter.software);
      const weights = initialWeights(options);
      if (kind === "trained") {
        for (const [network, name] of [
          ["G_A", "pixelart-4"],
          ["G_B", "photo-4"],
        ] as const) {
          weights[network] = [...(await modelOf(name)).tensors];
        }
        weights.D_A = [...(await bundledJudge("pixelart-4")).tensors];
        weights.D_B = [...(await bundledJudge("photo-4")).tensors];
      }
      const side = options.cropSize;
      const realA = square(await pictureOf(photo), side);
      const realB = middleOf(doubled(await artOf(pixelArt)), side);
      const batch = { realA: [realA], realB: [realB], namesA: ["A"], namesB: ["B"] };
      const anatomy = await dissectStep(gpu, options, weights, batch);
      return { anatomy, side, ngf: options.ngf, ndf: options.ndf, realA, realB };
    }),

  judge: (file, photo, pixelArt) =>
    inTurn(async (gpu) => {
      const judge = file ? await judgeOf(file) : await bundledJudge(defaultModel);
      const side = judgedSide(gpu);
      const real = square(await pictureOf(photo), side);
      const generator = await Generator.create(gpu, (await modelOf(defaultModel)).tensors);
      try {
        return await judgePictures(gpu, judge, [
          { kind: "pixel art", picture: middleOf(doubled(await artOf(pixelArt)), side) },
          { kind: "photo", picture: real },
          { kind: "generated", picture: await generator.convert({ ...real, hasAlpha: false }) },
        ]);
      } finally {
        generator.release();
      }
    }),
};

/** Small networks and pictures, since every gradient is kept. */
function stepOptions(kind: StepWeights, software: boolean): TrainingOptions {
  const width = kind === "trained" ? 32 : 8;
  const cropSize = software ? 32 : 64;
  return { ...defaultTrainingOptions, netG: "resnet_6blocks", ngf: width, ndf: width, cropSize, loadSize: cropSize };
}

async function modelOf(source: ModelSource): Promise<Model> {
  if (typeof source !== "string")
    return readModel(source.file.name, await checkpointBytes(source.file), { key: source.key });
  const folder = beside("weights/");
  const card = (await bundledModels(folder)).find((card) => card.name === source);
  if (!card) throw new Error(`There is no bundled model called ${source}.`);
  return bundledBytes(
    folder,
    card,
    () => {},
    (bytes) => readModel(source, bytes, { card }),
  );
}

/** The discriminator that a bundled generator was trained against. */
async function bundledJudge(generator: string): Promise<Judge> {
  const folder = "weights/discriminators/";
  const file = `${generator}.json`;
  const card = parseDiscriminatorCard(file, await bytesOf(folder + file));
  return judgeFrom(card.name, await bytesOf(folder + card.file));
}

async function judgeOf({ file, key }: OwnFile): Promise<Judge> {
  return judgeFrom(file.name, await checkpointBytes(file), key);
}

function judgeFrom(name: string, bytes: Uint8Array, key?: string): Judge {
  const { tensors, ...networks } = naming(name, () => readOwnNetwork(bytes, looksLikeDiscriminator, key));
  return { name, tensors, networks };
}

async function pictureOf(source: PictureSource): Promise<Image> {
  return fillHidden(await decodeImage(typeof source === "string" ? await bytesOf(`samples/${source}`) : source));
}

async function artOf(name: string): Promise<Image> {
  return fillHidden(await decodeImage(await bytesOf(`samples/train/trainB/${name}`)));
}

async function listOf<T>(path: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await bytesOf(path)));
}

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetched(beside(path))).arrayBuffer());
}

/** The largest centred square, resized. */
function square(image: Image, side: number): Image {
  return resizeBicubic(middleOf(image, Math.min(image.width, image.height)), side, side);
}

/** Twice as large, with each pixel as a square, which keeps pixel art crisp. */
function doubled(image: Image): Image {
  return enlarge(image, 2, 2 * image.width, 2 * image.height);
}

expose(api);
