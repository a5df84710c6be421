// CycleGAN for pictures of one pixel. Side A has the numbers around -1, side B those around 2, and
// nobody says which number belongs to which.

import { Scalar } from "./scalar.ts";

const number = (value: number) => new Scalar(value);
const minus = (a: Scalar, b: Scalar) => a.plus(b.times(number(-1)));
const square = (a: Scalar) => a.times(a);
const mean = (all: Scalar[]) => all.reduce((a, b) => a.plus(b)).times(number(1 / all.length));

/** The smallest network that can be trained: one weight and one bias. */
class Network {
  readonly parameters: readonly [Scalar, Scalar];

  constructor(weight: number, bias: number) {
    this.parameters = [number(weight), number(bias)];
  }

  of(x: Scalar): Scalar {
    return x.times(this.parameters[0]).plus(this.parameters[1]);
  }

  learn(rate: number): void {
    for (const parameter of this.parameters) parameter.value -= rate * parameter.gradient;
  }
}

export class CycleGan {
  readonly toB = new Network(1, 0); // the generators, which change nothing at first
  readonly toA = new Network(1, 0);
  private readonly discriminatorA = new Network(0, 0.5); // they know nothing at first
  private readonly discriminatorB = new Network(0, 0.5);

  step(
    realA: readonly number[],
    realB: readonly number[],
    rate: number,
  ): { generators: number; discriminators: number } {
    const { toA, toB, discriminatorA, discriminatorB } = this;
    const [a, b] = [realA.map(number), realB.map(number)];
    const ganLoss = (discriminator: Network, shown: Scalar[], target: number) =>
      mean(shown.map((x) => square(minus(discriminator.of(x), number(target)))));

    // The generators should fool the discriminators, and a round trip should return the original.
    const fakeB = a.map((x) => toB.of(x));
    const fakeA = b.map((x) => toA.of(x));
    const adversarial = ganLoss(discriminatorB, fakeB, 1).plus(ganLoss(discriminatorA, fakeA, 1));
    const cycleA = mean(fakeB.map((x, i) => square(minus(toA.of(x), a[i]))));
    const cycleB = mean(fakeA.map((x, i) => square(minus(toB.of(x), b[i]))));
    const generators = adversarial.plus(cycleA.plus(cycleB).times(number(10)));
    generators.backward();
    for (const network of [toA, toB]) network.learn(rate);

    // The discriminators: 1 for real, 0 for fakes. Detached fakes pass no gradient to the generators.
    const detach = (fakes: Scalar[]) => fakes.map(({ value }) => number(value));
    const lossA = ganLoss(discriminatorA, a, 1).plus(ganLoss(discriminatorA, detach(fakeA), 0));
    const lossB = ganLoss(discriminatorB, b, 1).plus(ganLoss(discriminatorB, detach(fakeB), 0));
    const discriminators = lossA.plus(lossB);
    discriminators.backward();
    for (const network of [discriminatorA, discriminatorB]) network.learn(rate);
    return { generators: generators.value, discriminators: discriminators.value };
  }
}
