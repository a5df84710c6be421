// The training step of CycleGAN (Zhu et al. 2017), traced once as tensors; the planner turns it
// into a list of work that is replayed for every step. It is the reference's `optimize_parameters`,
// in its order: both generators learn from one loss, then both discriminators.
//
//   L_G = GAN(D_A(G_A(A)), real) + lambda_A |G_B(G_A(A)) - A| + lambda_B lambda_idt |G_A(B) - B|
//         and the same from B to A
//   L_D = (GAN(D_A(B), real) + GAN(D_A(fake B), fake)) / 2
//         and the same for D_B
//
// The options may add cell losses for the generator whose output resembles trainB (cell-losses.ts).
//
// The loss of the generators is a sum of two halves that share nothing but weights. If the norm
// does not mix samples, the backward pass of each half comes before the forward pass of the other,
// so that the activations of only one half are kept, and inputs of the same network are joined into
// one batch. With batch norm samples must stay separate, and running statistics must follow the
// reference's order: all forward passes, then all backward passes. The numbers are the same up to
// rounding.

import { backwardPass, type BackwardPass } from "../../autograd/gradients.ts";
import { apply, input, parameter, type Tensor } from "../../autograd/tensor.ts";
import { image, vector } from "../../kernels/core/operation.ts";
import { joinSamples, takeSamples } from "../../kernels/tensor/batch.ts";
import { accumulate, add, scale } from "../../kernels/tensor/elementwise.ts";
import { collect, constant } from "../../kernels/tensor/reduction.ts";
import { adam } from "../../kernels/training/adam.ts";
import { absoluteError } from "../../kernels/training/losses.ts";
import { exchangeWithPool } from "../../kernels/training/pool.ts";
import type { Arena } from "../../nn/arena.ts";
import { parametersOf, type Mode } from "../../nn/layers.ts";
import { ganLoss } from "../../nn/losses.ts";
import { network } from "../../nn/networks.ts";
import type { TrainingOptions } from "../options/options.ts";
import { askedOfCells, cellLosses } from "./loss-order.ts";
import { mapNetworks, type Architectures, type NetworkName } from "./networks.ts";
import { adamOf, memory, optimizerNames, type OptimizerName } from "./optimizers.ts";
import type { SampleLabel } from "./sample-pictures.ts";

export interface TracedStep {
  /**
   * All that a program of the step must compute, in any order: what is kept, and what is
   * overwritten.
   */
  readonly wanted: readonly Tensor[];
  /** The tensors in memory that outlives the step, with their names in `memory`. */
  readonly named: ReadonlyMap<Tensor, string>;
  /** idt_A and idt_B only with an identity loss. */
  readonly pictures: Readonly<Partial<Record<SampleLabel, Tensor>>>;
  /** The applications of networks, in the order in which they are traced. */
  readonly passes: readonly Pass[];
  /** The backward pass of each loss. */
  readonly backwardPasses: readonly BackwardPass[];
}

export interface Pass {
  readonly network: NetworkName;
  readonly input: Tensor;
  readonly output: Tensor;
}

/**
 * Whether the halves of the generators' loss may be computed one after the other: if no norm mixes
 * samples. They are if the pictures of both sides have one size.
 */
export function inHalves({ norm }: TrainingOptions): boolean {
  return norm !== "batch";
}

/**
 * The part of the generators' loss that begins with a real A, or with a real B, and its pictures.
 */
interface Half {
  gan: Tensor;
  cycle: Tensor;
  identity: Tensor;
  /** The requested cell losses, in the half whose output has cells. */
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
  const batched = inHalves(options) && String(realA.shape) === String(realB.shape);
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

  /** The losses of one half, given its pictures: G_A's from a real A, G_B's from a real B. */
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

  /** The cycle, and the other side's pictures, which should stay the same. */
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

  /** Writes the gradients of a loss to the memory of an optimiser's gradients. */
  const keep = (optimizer: OptimizerName, parts: readonly (Tensor | null)[], place: (name: string) => string) => {
    [...arenas[optimizer].entries.keys()].forEach((name, index) => {
      const part = parts[index];
      if (!part) throw new Error(`No loss depends on ${name}.`);
      if (named.has(part)) throw new Error(`${name} shares its gradient with ${named.get(part)}.`);
      named.set(part, place(name));
      wanted.push(part);
    });
  };

  /**
   * Takes the optimiser's step along the gradients of its loss. If the loss has two halves, the
   * gradients of both are added for all tensors at once.
   */
  const learn = (
    optimizer: OptimizerName,
    gradients: readonly (Tensor | null)[],
    laterGradients?: readonly (Tensor | null)[],
  ) => {
    const whole = (name: string) => parameter(name, arenas[optimizer].type);
    keep(optimizer, gradients, memory.gradient);
    let total = whole(memory.gradients(optimizer));
    if (laterGradients) {
      keep(optimizer, laterGradients, memory.laterGradient);
      total = apply(accumulate, [total, whole(memory.laterGradients)], {}, "backward");
    }
    const [weights, first, second] = [memory.weights, memory.first, memory.second].map((name) =>
      whole(name(optimizer)),
    );
    const schedule = input(memory.schedule(optimizer), vector(3));
    wanted.push(apply(adam, [weights, total, first, second, schedule], adamOf(options)));
  };
  const trained = (optimizer: OptimizerName) =>
    [...arenas[optimizer].entries.keys()].map((name) => {
      const [owner, ...tensor] = name.split("/");
      return parameters[owner as NetworkName].get(tensor.join("/"))!;
    });

  const backwardPasses: BackwardPass[] = [];
  const gradients = (loss: Tensor, optimizer: OptimizerName) => {
    const wanted = trained(optimizer);
    const pass = backwardPass(loss, wanted);
    backwardPasses.push(pass);
    return wanted.map((tensor) => pass.gradients.get(tensor) ?? null);
  };

  // The generators.
  const back = (half: Half) => gradients(sum(...lossesOf(half), ...half.cells), "generators");
  let halves: [Half, Half];
  if (batched) {
    const fromA = half("A");
    const gradientsFromA = back(fromA);
    const fromB = half("B");
    halves = [fromA, fromB];
    learn("generators", gradientsFromA, back(fromB));
  } else {
    halves = bothHalves();
    const all = sum(...halves.flatMap(lossesOf), ...halves.flatMap(({ cells }) => cells));
    learn("generators", gradients(all, "generators"));
  }

  // The discriminators, on fakes of the pool, made before the generators' step.
  const discriminated = (name: "D_A" | "D_B", side: "A" | "B", real: Tensor, fake: Tensor) => {
    let shown = fake;
    if (options.poolSize > 0) {
      const [, ...shape] = fake.shape as [number, number, number, number];
      const pool = parameter(memory.pool(side), image(options.poolSize, ...shape));
      shown = apply(exchangeWithPool, [fake, pool, input(memory.decisions(side), vector(2 * count))], {});
    }
    // In wgangp the gradients of real and fake with respect to the last bias cancel to exactly 0 if
    // they are summed separately. Adam would turn any other value into a full step.
    const apart = options.ganMode === "wgangp";
    const [ofReal, ofFake] = apart ? [run(name, real), run(name, shown)] : runBoth(name, real, shown);
    return scaled(sum(ganLoss(options.ganMode, ofReal, true), ganLoss(options.ganMode, ofFake, false)), 0.5);
  };
  const [lossA, lossB] = [
    discriminated("D_A", "B", realB, halves[0].fake),
    discriminated("D_B", "A", realA, halves[1].fake),
  ];
  learn("discriminators", gradients(sum(lossA, lossB), "discriminators"));

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
  return { wanted, named, pictures, passes, backwardPasses };
}
