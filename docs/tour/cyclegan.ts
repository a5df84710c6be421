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
  private readonly judgeA = new Network(0, 0.5); // the discriminators, which know nothing at first
  private readonly judgeB = new Network(0, 0.5);

  step(realA: readonly number[], realB: readonly number[], rate: number): { generators: number; judges: number } {
    const { toA, toB, judgeA, judgeB } = this;
    const [a, b] = [realA.map(number), realB.map(number)];
    const off = (judge: Network, shown: Scalar[], target: number) =>
      mean(shown.map((x) => square(minus(judge.of(x), number(target)))));

    // The generators: the judges should take fakes for real, and there and back should be home.
    const fakeB = a.map((x) => toB.of(x));
    const fakeA = b.map((x) => toA.of(x));
    const fooled = off(judgeB, fakeB, 1).plus(off(judgeA, fakeA, 1));
    const cycleA = mean(fakeB.map((x, i) => square(minus(toA.of(x), a[i]))));
    const cycleB = mean(fakeA.map((x, i) => square(minus(toB.of(x), b[i]))));
    const generators = fooled.plus(cycleA.plus(cycleB).times(number(10)));
    generators.backward();
    for (const network of [toA, toB]) network.learn(rate);

    // The judges: 1 for what is real, 0 for fakes, which are mere numbers to them.
    const forget = (fakes: Scalar[]) => fakes.map(({ value }) => number(value));
    const judgedA = off(judgeA, a, 1).plus(off(judgeA, forget(fakeA), 0));
    const judgedB = off(judgeB, b, 1).plus(off(judgeB, forget(fakeB), 0));
    const judges = judgedA.plus(judgedB);
    judges.backward();
    for (const network of [judgeA, judgeB]) network.learn(rate);
    return { generators: generators.value, judges: judges.value };
  }
}
