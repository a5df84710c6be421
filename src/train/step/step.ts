// The training step of CycleGAN (Zhu et al. 2017), written down once as tensors; the planner makes of it a list of work that is replayed for
// every step. It is the reference's `optimize_parameters`, in its order: both generators learn from one loss, then both discriminators.
//
//   L_G = GAN(D_A(G_A(A)), real) + lambda_A |G_B(G_A(A)) - A| + lambda_B lambda_idt |G_A(B) - B|    and the same from B to A
//   L_D = (GAN(D_A(B), real) + GAN(D_A(fake B), fake)) / 2                                           and the same for D_B
//
// Where the options ask for it, losses of cells are added for the generator that makes pictures like those of trainB (cell-losses.ts).
//
// The loss of the generators is a sum of two halves that share nothing but weights. Where a norm does not mix samples, each half is traced
// back before the other begins, so that the activations of one half only are kept, and what goes through the same network goes through
// it as one batch. With batch norm samples must stay apart, and running statistics must follow the reference's order: all forward, then
// back. The numbers are the same up to rounding.

import { wayBack, type WayBack } from "../../autograd/gradients.ts";
import { apply, input, parameter, type Tensor } from "../../autograd/tensor.ts";
import { adam, type AdamAttributes } from "../../kernels/training/adam.ts";
import { add, scale } from "../../kernels/tensor/elementwise.ts";
import { absoluteError } from "../../kernels/training/losses.ts";
import { image, vector } from "../../kernels/core/operation.ts";
import { exchangeWithPool } from "../../kernels/training/pool.ts";
import { collect, constant } from "../../kernels/tensor/reduction.ts";
import { joinSamples, takeSamples } from "../../kernels/tensor/batch.ts";
import type { Arena } from "../../nn/arena.ts";
import { cellVariance, checkerDistance, colorDistance } from "../../nn/cell-losses.ts";
import { parametersOf, type Mode } from "../../nn/layers.ts";
import { ganLoss } from "../../nn/losses.ts";
import { network } from "../../nn/networks.ts";
import { mapNetworks, type Architectures, type NetworkName } from "./networks.ts";
import { cellLossNames, type CellLossName, type LossName } from "./metrics.ts";
import type { TrainingOptions } from "../options/options.ts";
import type { SampleLabel } from "./sample-pictures.ts";

/** The networks that learn together, from one loss and by one optimiser. */
export const optimizers = { generators: ["G_A", "G_B"], discriminators: ["D_A", "D_B"] } as const;
export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as OptimizerName[];

/** Whether an optimiser takes its steps; the losses of one that does not are computed all the same. */
export function learns(optimizer: OptimizerName, learning: TrainingOptions["learning"]): boolean {
  return learning === "both" || learning === optimizer;
}

export interface TracedStep {
  /** All that a program of the step must compute, in no order that matters: what is kept, and what is written over. */
  readonly wanted: readonly Tensor[];
  /** Those that lie in memory that outlives the step, with their names in `memory`. */
  readonly named: ReadonlyMap<Tensor, string>;
  /** Those with an identity loss only: idt_A and idt_B. */
  readonly pictures: Readonly<Partial<Record<SampleLabel, Tensor>>>;
  /** Each time that a network is run, in the order in which that is written down. */
  readonly passes: readonly Pass[];
  /** One for each loss that is led back. */
  readonly waysBack: readonly WayBack[];
}

export interface Pass {
  readonly network: NetworkName;
  readonly input: Tensor;
  readonly output: Tensor;
}

/** What the memory that a step keeps is called. */
export const memory = {
  tensor: (name: NetworkName, tensor: string) => `${name}/${tensor}`,
  gradient: (name: string) => `gradient of ${name}`,
  weights: (optimizer: OptimizerName) => `${optimizer}: weights`,
  gradients: (optimizer: OptimizerName) => `${optimizer}: gradients`,
  first: (optimizer: OptimizerName) => `${optimizer}: first moments`,
  second: (optimizer: OptimizerName) => `${optimizer}: second moments`,
  /** An input: the pictures of a batch, as bytes. */
  pixels: (side: "A" | "B") => `pixels of ${side}`,
  /** What each byte is as a number: `byteLevels`. */
  levels: "byte levels",
  /** An input: three numbers, `adamSchedule`. */
  schedule: (optimizer: OptimizerName) => `${optimizer}: schedule`,
  /** Fakes of the side. */
  pool: (side: "A" | "B") => `pool of ${side}`,
  /** An input: two numbers an image, see `exchangeWithPool`. */
  decisions: (side: "A" | "B") => `decisions for the pool of ${side}`,
  /** The losses, in the order of `lossOrder`. */
  losses: (optimizer: OptimizerName) => `${optimizer}: losses`,
};

/** The losses in the order in which `memory.losses` holds them. */
export function lossOrder(
  options: TrainingOptions,
): Readonly<Record<OptimizerName, readonly (LossName | CellLossName)[]>> {
  return {
    generators: ["G_A", "cycle_A", "idt_A", "G_B", "cycle_B", "idt_B", ...askedOfCells(options)],
    discriminators: ["D_A", "D_B"],
  };
}

function askedOfCells(options: TrainingOptions): CellLossName[] {
  return cellLossNames.filter((name) => cellLosses[name].weight(options) > 0);
}

const cellLosses: Readonly<
  Record<
    CellLossName,
    { weight: (options: TrainingOptions) => number; of: (fake: Tensor, real: Tensor, cell: number) => Tensor }
  >
> = {
  color: { weight: ({ lambdaColor }) => lambdaColor, of: colorDistance },
  cell: { weight: ({ lambdaCell }) => lambdaCell, of: (fake, _real, cell) => cellVariance(fake, cell) },
  checker: { weight: ({ lambdaChecker }) => lambdaChecker, of: checkerDistance },
};

/** torch.optim.Adam with the reference's settings. */
export function adamOf({ beta1 }: TrainingOptions): AdamAttributes {
  return { beta1, beta2: 0.999, epsilon: 1e-8 };
}

/** The part of the generators' loss that begins with a real A, or with a real B, and the pictures that it made. */
interface Half {
  gan: Tensor;
  cycle: Tensor;
  identity: Tensor;
  /** Those that are asked for, of the one half that makes cells. */
  cells: readonly Tensor[];
  fake: Tensor;
  reconstructed: Tensor;
  same: Tensor | undefined;
}

/**
 * @param arenas where the trained tensors of each optimiser lie
 * @param realA [N, C, H, W] in [-1, 1]
 * @param realB as many samples
 */
export function traceStep(
  options: TrainingOptions,
  architectures: Architectures,
  arenas: Readonly<Record<OptimizerName, Arena>>,
  realA: Tensor,
  realB: Tensor,
): TracedStep {
  const wanted: Tensor[] = [];
  const named = new Map<Tensor, string>();
  const mode: Mode = { batchStatistics: true, dropout: false, onUpdate: (updated) => wanted.push(updated) };
  const parameters = mapNetworks((name) => parametersOf(architectures[name], memory.tensor(name, "")));
  const passes: Pass[] = [];
  const run = (name: NetworkName, x: Tensor) => {
    const output = network(architectures[name], x, mode, parameters[name]);
    passes.push({ network: name, input: x, output });
    return output;
  };
  const batched = options.norm !== "batch" && String(realA.shape) === String(realB.shape);
  const count = realA.shape[0];

  /** One network on two batches. */
  const runBoth = (name: NetworkName, first: Tensor, second: Tensor): [Tensor, Tensor] => {
    if (!batched) return [run(name, first), run(name, second)];
    const both = run(name, apply(joinSamples, [first, second], {}));
    return [apply(takeSamples, [both], { first: 0, count }), apply(takeSamples, [both], { first: count, count })];
  };

  const scaled = (loss: Tensor, factor: number) => apply(scale, [loss], { factor });
  const sum = (...losses: Tensor[]) => losses.reduce((total, loss) => apply(add, [total, loss], {}));
  const distance = (a: Tensor, b: Tensor) => apply(absoluteError, [a, b], {});
  const zero = () => apply(constant, [], { type: image(1, 1, 1, 1), value: 0 });
  const identityWeight = { A: options.lambdaB * options.lambdaIdentity, B: options.lambdaA * options.lambdaIdentity };
  const hasIdentity = options.lambdaIdentity > 0;

  /** The losses of one half, once its pictures are there: G_A's from a real A, G_B's from a real B. */
  const judge = (side: "A" | "B", fake: Tensor, reconstructed: Tensor, same: Tensor | undefined): Half => {
    const [real, other] = side === "A" ? [realA, realB] : [realB, realA];
    const makesCells = (side === "A") === (options.direction === "AtoB");
    return {
      fake,
      reconstructed,
      same,
      cells: (makesCells ? askedOfCells(options) : []).map((name) =>
        scaled(cellLosses[name].of(fake, real, options.cell), cellLosses[name].weight(options)),
      ),
      gan: ganLoss(options.ganMode, run(side === "A" ? "D_A" : "D_B", fake), true),
      cycle: scaled(distance(reconstructed, real), side === "A" ? options.lambdaA : options.lambdaB),
      identity: same ? scaled(distance(same, other), identityWeight[side]) : zero(),
    };
  };

  const lossesOf = ({ gan, cycle, identity }: Half) => [gan, cycle, identity];

  /** There and back again, and the other side's pictures, which should stay what they are. */
  const half = (side: "A" | "B"): Half => {
    const [to, back] = side === "A" ? (["G_A", "G_B"] as const) : (["G_B", "G_A"] as const);
    const [real, other] = side === "A" ? [realA, realB] : [realB, realA];
    const [fake, same] = hasIdentity ? runBoth(to, real, other) : [run(to, real), undefined];
    return judge(side, fake, run(back, fake), same);
  };

  /** Both halves in the order in which the reference runs the networks. */
  const bothHalves = (): [Half, Half] => {
    const fakeB = run("G_A", realA);
    const recA = run("G_B", fakeB);
    const fakeA = run("G_B", realB);
    const recB = run("G_A", fakeA);
    const idtA = hasIdentity ? run("G_A", realB) : undefined;
    const idtB = hasIdentity ? run("G_B", realA) : undefined;
    return [judge("A", fakeB, recA, idtA), judge("B", fakeA, recB, idtB)];
  };

  /** Gradients of several losses by what an optimiser trains, added up where it finds them, and its step. */
  const learn = (optimizer: OptimizerName, totals: readonly (readonly (Tensor | null)[])[]) => {
    [...arenas[optimizer].entries.keys()].forEach((name, index) => {
      const parts = totals.map((parts) => parts[index]).filter((part) => part !== null);
      if (parts.length === 0) throw new Error(`No loss depends on ${name}.`);
      const total = parts.reduce((total, part) => apply(add, [total, part], {}));
      if (named.has(total)) throw new Error(`${name} shares its gradient with ${named.get(total)}.`);
      named.set(total, memory.gradient(name));
      wanted.push(total);
    });
    const whole = (name: string) => parameter(name, arenas[optimizer].type);
    const [weights, gradients, first, second] = [memory.weights, memory.gradients, memory.first, memory.second].map(
      (name) => whole(name(optimizer)),
    );
    const schedule = input(memory.schedule(optimizer), vector(3));
    wanted.push(apply(adam, [weights, gradients, first, second, schedule], adamOf(options)));
  };
  const trained = (optimizer: OptimizerName) =>
    [...arenas[optimizer].entries.keys()].map((name) => {
      const [owner, ...tensor] = name.split("/");
      return parameters[owner as NetworkName].get(tensor.join("/"))!;
    });

  const waysBack: WayBack[] = [];
  const gradients = (loss: Tensor, optimizer: OptimizerName) => {
    const wanted = trained(optimizer);
    const way = wayBack(loss, wanted);
    waysBack.push(way);
    return wanted.map((tensor) => way.gradients.get(tensor) ?? null);
  };

  // The generators.
  const back = (half: Half) => gradients(sum(...lossesOf(half), ...half.cells), "generators");
  let halves: [Half, Half];
  if (batched) {
    const fromA = half("A");
    const gradientsFromA = back(fromA);
    const fromB = half("B");
    halves = [fromA, fromB];
    learn("generators", [gradientsFromA, back(fromB)]);
  } else {
    halves = bothHalves();
    const all = sum(...halves.flatMap(lossesOf), ...halves.flatMap(({ cells }) => cells));
    learn("generators", [gradients(all, "generators")]);
  }

  // The discriminators, on fakes of the pool, which were made before the generators' step.
  const discriminated = (name: "D_A" | "D_B", side: "A" | "B", real: Tensor, fake: Tensor) => {
    let shown = fake;
    if (options.poolSize > 0) {
      const [, ...shape] = fake.shape as [number, number, number, number];
      const pool = parameter(memory.pool(side), image(options.poolSize, ...shape));
      shown = apply(exchangeWithPool, [fake, pool, input(memory.decisions(side), vector(2 * count))], {});
    }
    // In wgangp, what real and fake ask of the last bias cancels to exactly 0, if they are added up apart. Adam would make a full step of
    // anything else.
    const apart = options.ganMode === "wgangp";
    const [ofReal, ofFake] = apart ? [run(name, real), run(name, shown)] : runBoth(name, real, shown);
    return scaled(sum(ganLoss(options.ganMode, ofReal, true), ganLoss(options.ganMode, ofFake, false)), 0.5);
  };
  const [lossA, lossB] = [
    discriminated("D_A", "B", realB, halves[0].fake),
    discriminated("D_B", "A", realA, halves[1].fake),
  ];
  learn("discriminators", [gradients(sum(lossA, lossB), "discriminators")]);

  const losses = {
    generators: apply(collect, [...halves.flatMap(lossesOf), ...halves.flatMap(({ cells }) => cells)], {}),
    discriminators: apply(collect, [lossA, lossB], {}),
  };
  for (const optimizer of optimizerNames) {
    named.set(losses[optimizer], memory.losses(optimizer));
    wanted.push(losses[optimizer]);
  }

  const [fromA, fromB] = halves;
  const pictures = {
    real_A: realA,
    fake_B: fromA.fake,
    rec_A: fromA.reconstructed,
    ...(fromB.same && { idt_B: fromB.same }),
    real_B: realB,
    fake_A: fromB.fake,
    rec_B: fromB.reconstructed,
    ...(fromA.same && { idt_A: fromA.same }),
  };
  return { wanted, named, pictures, passes, waysBack };
}
