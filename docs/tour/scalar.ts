// A number that remembers what it was computed from, so it can compute how much it depends on each
// ancestor: reverse-mode differentiation in one class, after Karpathy's micrograd.

/** A parent, and how fast the result grows with it. */
export const to = <Node, Slope>(parent: Node, slope: Slope) => [parent, slope] as const;

export class Scalar {
  gradient = 0;

  /** @param parents what it was computed from, and how fast it grows with each of them */
  constructor(
    public value: number,
    private readonly parents: readonly (readonly [parent: Scalar, slope: number])[] = [],
  ) {}

  plus(b: Scalar): Scalar {
    return new Scalar(this.value + b.value, [to(this, 1), to(b, 1)]);
  }

  times(b: Scalar): Scalar {
    return new Scalar(this.value * b.value, [to(this, b.value), to(b, this.value)]);
  }

  tanh(): Scalar {
    const y = Math.tanh(this.value);
    return new Scalar(y, [to(this, 1 - y * y)]);
  }

  /** Sets the gradient of all that this number was computed from. */
  backward(): void {
    const nodes = ancestors<Scalar>(this, ({ parents }) => parents.map(([parent]) => parent));
    for (const node of nodes) node.gradient = 0;
    this.gradient = 1;
    for (const node of nodes.reverse()) {
      for (const [parent, slope] of node.parents) parent.gradient += slope * node.gradient;
    }
  }
}

/** A node and all that it was computed from, each after its own parents. */
export function ancestors<Node>(node: Node, parentsOf: (node: Node) => readonly Node[], found = new Set<Node>()) {
  for (const parent of parentsOf(node)) if (!found.has(parent)) ancestors(parent, parentsOf, found);
  return [...found.add(node)];
}
