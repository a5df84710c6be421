// Measuring on a device, mostly with a clock that the tests decide.

import { afterEach, expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { traitsOf } from "../../src/autograd/program.ts";
import { apply, input, parameter, type Tensor } from "../../src/autograd/tensor.ts";
import { UserError } from "../../src/errors.ts";
import { OutOfMemoryError } from "../../src/gpu/errors.ts";
import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { launchChosen } from "../../src/kernels/core/choice.ts";
import {
  image,
  vector,
  type LaunchVariant,
  type Operation,
  type TensorType,
} from "../../src/kernels/core/operation.ts";
import { byteLevels, fromPixels } from "../../src/kernels/pixelart/pixels.ts";
import type { CacheStorage } from "../../src/tuning/cache.ts";
import { chooseKernels, type Choosing } from "../../src/tuning/choose.ts";
import { layersOf, type Layer } from "../../src/tuning/layers.ts";
import { measureLayer } from "../../src/tuning/measure.ts";
import { measures, tuneModes, type TuneMode } from "../../src/tuning/modes.ts";
import { choicesOf, tune } from "../../src/tuning/tune.ts";
import { openTestGpu } from "../gpu.ts";

const gpu = await openTestGpu();

/** Two variants that compile fast, of which the second is the rules'. */
const names = ["registers 1x1 in 8x8", "registers 4x1 in 64x1"];

/** A convolution with these two variants, and others. */
function convolutionWith(others: Readonly<Record<string, LaunchVariant>>): Operation {
  const variants: NonNullable<Operation["variants"]> = (traits, inputs, output, attributes) => {
    const all = convolution.variants!(traits, inputs, output, attributes as never);
    const kept = names.map((name) => [name, all.variants.get(name)!] as const);
    return { layer: all.layer, byRule: names[1], variants: new Map([...kept, ...Object.entries(others)]) };
  };
  return {
    ...(convolution as Operation),
    variants,
    forward: (traits, inputs, output, attributes) =>
      launchChosen(
        traits,
        variants(
          traits,
          inputs.map(({ type }) => type!),
          output.type!,
          attributes,
        ),
        inputs,
        output,
      ),
  };
}

const filter = (outputs: number, inputs: number): TensorType => ({ layout: "filter", shape: [outputs, inputs, 3, 3] });
const attributes = { stride: 1, padding: 1, reflect: false };

function layer(others: Readonly<Record<string, LaunchVariant>> = {}, channels = 4, half = false): Layer {
  const operation = convolutionWith(others);
  const inputs = [image(1, channels, 8, 8), filter(4, channels)].map((type) => ({ ...type, half }));
  const { layer: name } = operation.variants!(traitsOf(gpu), inputs, operation.infer(inputs, attributes), attributes);
  return { name, operation, inputs, attributes, flops: 1 };
}

const timesOf = (times: Readonly<Record<string, number>>) => async (name: string) => times[name] ?? 1;
const isOver = () => false;

afterEach(() => {
  gpu.buffers.trim();
  expect(gpu.buffers.allocated).toBe(0);
});

test("the clock decides, and what it said is kept", async () => {
  const timeOf = timesOf({ [names[0]]: 0.5 });
  expect(await measureLayer(gpu, layer(), { isOver, timeOf })).toEqual({
    layer: "convolution 3x3 stride 1, 4 to 4 channels, 2^6 pixels",
    byRule: names[1],
    chosen: names[0],
    seconds: { [names[0]]: 0.5, [names[1]]: 1 },
    refused: {},
  });
  expect(await measureLayer(gpu, layer(), { isOver, timeOf: timesOf({}) })).toMatchObject({ chosen: names[1] });
});

test("layers in half precision are measured on their own, with numbers of that precision", async () => {
  const timeOf = timesOf({ [names[0]]: 0.5, idle: 0.1, full: 0.1 });
  const measured = await measureLayer(gpu, layer({ idle: () => [] }, 4, true), { isOver, timeOf });
  expect(measured).toMatchObject({
    layer: "convolution 3x3 stride 1, 4 to 4 channels, 2^6 pixels, half precision",
    chosen: names[0],
    refused: { idle: expect.stringMatching(/numbers are wrong/) },
  });

  const pixels = input("pixels", { layout: "pixels", shape: [1, 8, 8] });
  const levels = parameter("levels", vector(byteLevels.length));
  const picture = apply(fromPixels, [pixels, levels], { channels: 3 });
  const step = (from: Tensor) =>
    apply(convolution, [from, parameter(`filter ${from.serial}`, filter(4, from.shape[1]))], attributes);
  const plans = (["full", "half"] as const).map((precision) =>
    makePlan(traitsOf(gpu), [step(step(picture))], new Map(), precision),
  );
  const of = (channels: string) => `convolution 3x3 stride 1, ${channels} channels, 2^6 pixels`;
  expect(layersOf(plans, traitsOf(gpu)).map(({ name }) => name)).toEqual(
    ["4 to 4", "3 to 4"].flatMap((channels) => [of(channels), `${of(channels)}, half precision`]),
  );
});

test("on the device's own clock every variant takes a while", async () => {
  const { seconds } = (await measureLayer(gpu, layer(), { isOver }))!;
  expect(Object.keys(seconds).sort()).toEqual(names);
  for (const time of Object.values(seconds)) expect(time).toBeGreaterThan(0);
});

test("a variant that computes something else is refused, however fast it is", async () => {
  const operation = convolution as Operation;
  const wrong: LaunchVariant = (inputs, output) =>
    operation.forward(traitsOf(gpu), inputs, output, { ...attributes, reflect: true });
  const broken: LaunchVariant = (inputs, output) =>
    operation.forward(traitsOf(gpu), inputs, output, attributes).map((launch) => ({ ...launch, shader: "fn main(" }));
  const others = { idle: () => [], wrong, broken };
  const timeOf = timesOf({ idle: 0.1, wrong: 0.1, broken: 0.1 });
  expect(await measureLayer(gpu, layer(others), { isOver, timeOf })).toMatchObject({
    chosen: names[1],
    refused: {
      idle: expect.stringMatching(/numbers are wrong/),
      wrong: expect.stringMatching(/numbers are wrong/),
      broken: expect.stringMatching(/error|expected/),
    },
  });
});

test("a layer is left to the rules if the time is over in between, or if it does not fit", async () => {
  for (const least of [0, 1, 2, 7]) {
    let asked = 0;
    const timeOf = timesOf({ [names[0]]: 0.5 });
    expect(await measureLayer(gpu, layer(), { isOver: () => asked++ >= least, timeOf })).toBeUndefined();
  }
  const acquire = gpu.buffers.acquire.bind(gpu.buffers);
  gpu.buffers.acquire = () => Promise.reject(new OutOfMemoryError("a test", 1, "full"));
  try {
    expect(await measureLayer(gpu, layer(), { isOver })).toBeUndefined();
  } finally {
    gpu.buffers.acquire = acquire;
  }
});

test("layers are measured once, those with most work first, until the time is over", async () => {
  const operation = convolutionWith({});
  const step = (from: ReturnType<typeof input>, outputs: number) =>
    apply(operation, [from, input(`filter ${outputs} ${from.serial}`, filter(outputs, from.shape[1]))], attributes);
  const first = step(input("picture", image(1, 4, 8, 8)), 8);
  const plan = makePlan(traitsOf(gpu), [step(step(step(first, 8), 8), 4)]);
  const expected = ["8 to 8", "4 to 8", "8 to 4"].map(
    (channels) => `convolution 3x3 stride 1, ${channels} channels, 2^6 pixels`,
  );
  expect(layersOf([plan, plan], traitsOf(gpu)).map(({ name }) => name)).toEqual(expected);

  const seen: string[] = [];
  const timeOf = timesOf({ [names[0]]: 0.5 });
  const onLayer = (name: string) => seen.push(name);
  const controller = new AbortController();
  const { measurements, added, layers } = await tune(gpu, [plan], new Map(), {
    timeOf,
    signal: controller.signal,
    onLayer: (name) => onLayer(name) === 2 && controller.abort(),
  });
  expect(seen).toEqual(expected.slice(0, 2));
  expect(layers).toBe(3);
  expect(added.map((one) => one.layer)).toEqual(expected.slice(0, 1));
  expect(choicesOf(measurements)).toEqual(new Map([[expected[0], names[0]]]));

  const rest = await tune(gpu, [plan], measurements, { timeOf, onLayer });
  expect(rest.added.map((one) => one.layer)).toEqual(expected.slice(1));
  expect([...rest.measurements.keys()]).toEqual(expected);
  const nothing = await tune(gpu, [plan], measurements, { timeOf, seconds: 0 });
  expect([...nothing.measurements.keys()]).toEqual(expected.slice(0, 1));
});

test("a run's choices are measured once, where that is wanted", async () => {
  const files = new Map<string, Uint8Array>();
  const storage: CacheStorage = {
    place: "memory",
    read: async (name) => files.get(name) ?? null,
    write: async (name, text) => void files.set(name, new TextEncoder().encode(text)),
  };
  const { operation, inputs } = layer();
  const plan = makePlan(traitsOf(gpu), [
    apply(
      operation,
      inputs.map((type, i) => input(`${i}`, type)),
      attributes,
    ),
  ]);
  const heard: string[] = [];
  const choose = (mode: TuneMode, rest: Partial<Choosing> = {}) =>
    chooseKernels(gpu, [plan], { mode, storage, say: (sentence) => heard.push(sentence), ...rest });
  const timeOf = timesOf({ [names[0]]: 0.5 });
  const choices = new Map([[layer().name, names[0]]]);

  expect(await choose("on", { timeOf, seconds: 1e-9 })).toBeUndefined();
  expect(await choose("on", { timeOf, signal: AbortSignal.abort() })).toBeUndefined();
  expect(await choose("off", { timeOf })).toBeUndefined();
  expect([heard, files.size]).toEqual([[], 0]);
  expect(await choose("on", { timeOf })).toEqual(choices);
  expect(heard.splice(0)).toEqual([
    `Measuring which kernels are the fastest on ${gpu.adapter.name}: at most 10 s, once.`,
    "Kernels: 1 of 1 layers were measured on this adapter, and 1 of them get another kernel than by rule.",
  ]);
  const never = () => Promise.reject(new Error("It was measured again."));
  for (const mode of ["on", "auto"] as const) expect(await choose(mode, { timeOf: never })).toEqual(choices);
  expect(await choose("off")).toBeUndefined();

  files.clear();
  storage.write = () => Promise.reject(new UserError("memory: it is full."));
  expect(await choose("on", { timeOf })).toEqual(choices);
  expect(heard).toContain("What was measured could not be kept for the next run: memory: it is full.");
});

test("kernels are measured on GPUs by themselves, and on software adapters on request", () => {
  const adapter = (software: boolean) => ({ ...gpu.adapter, software });
  expect(tuneModes.map((mode) => [mode, measures(mode, adapter(false)), measures(mode, adapter(true))])).toEqual([
    ["auto", true, false],
    ["on", true, true],
    ["off", false, false],
  ]);
});
