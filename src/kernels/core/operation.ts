// What an operation is. Each is declared once, and that declaration serves the engine, the tests,
// the bench and the docs: its shapes, its kernels, its gradient, its cost, a plain float64 twin on
// the CPU that the kernels are tested against, and trials: odd shapes to test it on.

/**
 * How a tensor is stored. Shapes are always PyTorch's; the layout says what the bytes are.
 *
 * - image: [N, C, H, W], in memory NHWC with the channels padded to a multiple of 4
 * - filter: [out, in, k, k], in memory [k][k][in][out] with both channel counts padded to 4
 * - transposedFilter: [in, out, k, k], in memory as a filter
 * - vector: [C], padded to 4
 * - pixels: [N, H, W] of RGBA bytes, one u32 each, red lowest
 *
 * The padding is finite and has no meaning, except in filters, where it is zero.
 *
 * Numbers are float32. Images and filters may be in half precision: then a vec4 takes 8 bytes.
 */
export type Layout = "image" | "filter" | "transposedFilter" | "vector" | "pixels";

export interface TensorType {
  readonly layout: Layout;
  readonly shape: readonly number[];
  /** Whether an image or a filter is stored in half precision. */
  readonly half?: boolean;
}

/** The precision in which a program stores images and filters; it always computes in float32. */
export type Precision = "full" | "half";

/** A tensor of the CPU twin, in PyTorch's order, in float64. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What kernels may know about the device that they will run on. */
export interface Traits {
  readonly software: boolean;
  /**
   * The size of every subgroup; 0 if the device has no subgroups, or subgroups of several sizes.
   */
  readonly subgroupSize: number;
  readonly bindingBytes: number;
  readonly offsetAlignment: number;
  readonly workgroupBytes: number;
  readonly workgroupInvocations: number;
  readonly workgroupsPerDimension: number;
  /** The measured choice of a variant for each layer, by their names. Without one, rules choose. */
  readonly choices?: ReadonlyMap<string, string>;
}

/**
 * Memory that a launch reads or writes: a tensor, or scratch memory between two launches of one
 * operation.
 */
export interface Operand {
  readonly type?: TensorType;
  readonly bytes: number;
}

export interface Binding {
  readonly operand: Operand;
  /**
   * The range in bytes; `offset`, from the operand's start, is a multiple of the traits'
   * offsetAlignment. Default: the whole operand.
   */
  readonly offset?: number;
  readonly bytes?: number;
}

/** One dispatch of one shader: everything but the buffers. */
export interface Launch {
  readonly label: string;
  readonly shader: string;
  /** In the order of their `@binding` numbers; the last one that is written is the output. */
  readonly bindings: readonly Binding[];
  /** The contents of the uniform buffer that follows the bindings, if the shader has one. */
  readonly parameters?: Uint32Array<ArrayBuffer>;
  readonly workgroups: readonly [number, number, number];
  readonly flops: number;
}

export type LaunchVariant = (inputs: readonly Operand[], output: Operand) => Launch[];

/** The kernels that compute one layer, which differ in speed and in rounding. */
export interface LayerVariants {
  /** Names what their times depend on. Layers of one name share a choice. */
  readonly layer: string;
  /** The name of the variant that is taken if none was measured. */
  readonly byRule: string;
  readonly variants: ReadonlyMap<string, LaunchVariant>;
}

export interface Cost {
  /** Multiplications and additions. */
  readonly flops: number;
  /** Bytes moved if every input is read once and every output written once. */
  readonly bytes: number;
}

/**
 * What a backward is written with. It applies operations to whatever kind of tensor the caller
 * traces.
 */
export interface BackwardContext<T, A> {
  readonly inputs: readonly T[];
  readonly output: T;
  /** The gradient of the loss with respect to the output. */
  readonly gradient: T;
  readonly attributes: A;
  typeOf(tensor: T): TensorType;
  apply<B>(operation: Operation<B>, inputs: readonly T[], attributes: B): T;
}

export interface Trial<A> {
  readonly inputs: readonly TensorType[];
  readonly attributes: A;
  /**
   * For an input that cannot hold arbitrary numbers: maps a uniform number in [-1, 1) to a valid
   * one.
   */
  readonly draw?: (input: number, uniform: number) => number;
  /**
   * Inputs that are fixed tables in real use, by their index. Tests on whole pictures use these
   * tables instead of drawn numbers.
   */
  readonly tables?: Readonly<Record<number, Float32Array>>;
  /**
   * For inputs that are computed from others, if a gradient relies on that: makes them consistent.
   */
  readonly derive?: (inputs: readonly Values[]) => readonly Values[];
}

export interface Operation<A = unknown> {
  readonly name: string;
  /**
   * The output overwrites the first input. What was traced earlier reads the old numbers, what is
   * traced later the new ones.
   */
  readonly inPlace?: true;
  /** The inputs that may be in half precision: all of them or none. */
  readonly readsHalf?: readonly number[];
  /** Its output, an image, may be in half precision; then so are the inputs of `readsHalf`. */
  readonly writesHalf?: true;
  /**
   * The output is not kept for the backward pass but computed again there, because that is cheap
   * and memory is not: always, or only if its first input is recomputed too. (Chen et al. 2016,
   * "Training Deep Nets with Sublinear Memory Cost", for the cheapest layers.)
   */
  readonly recompute?: "always" | "withItsInput" | undefined;
  /**
   * Fuses `follower`, an operation on this one's output alone, into this one's pass. Returns the
   * attributes for that, or null if it cannot.
   */
  fuse?(attributes: A, follower: Operation, followerAttributes: unknown): A | null;
  /** The type of the output; throws if the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: A): TensorType;
  forward(traits: Traits, inputs: readonly Operand[], output: Operand, attributes: A): Launch[];
  /** The variants that `forward` chooses from, if the choice can be measured. */
  variants?(traits: Traits, inputs: readonly TensorType[], output: TensorType, attributes: A): LayerVariants;
  /**
   * The gradient with respect to each input; null where there is none. An operation without a
   * backward cannot be trained through.
   */
  backward?<T>(context: BackwardContext<T, A>): (T | null)[];
  /** The same function on the CPU in float64, written as plainly as possible. */
  reference(inputs: readonly Values[], attributes: A): Values;
  /**
   * For an operation that overwrites more than the first input: what each input holds afterwards,
   * according to the same twin.
   */
  referenceInputs?(inputs: readonly Values[], attributes: A): readonly Values[];
  cost(inputs: readonly TensorType[], attributes: A): Cost;
  /** Shapes to test on: odd sizes, partial tiles, single rows. */
  readonly trials: readonly Trial<A>[];
}

/** Type-checks a declaration against its attributes without widening it. */
export function declare<A>(operation: Operation<A>): Operation<A> {
  return operation;
}

export function image(...shape: [number, number, number, number]): TensorType {
  return { layout: "image", shape };
}

export function vector(channels: number): TensorType {
  return { layout: "vector", shape: [channels] };
}

export function elements(type: { readonly shape: readonly number[] }): number {
  return type.shape.reduce((product, size) => product * size, 1);
}

/** Channels are grouped by four, one vec4 each. */
export function vectors(channels: number): number {
  return Math.ceil(channels / 4);
}

/** The bytes of a vec4 of an operand. */
export function vectorBytes({ type }: Operand): number {
  return type?.half ? 8 : 16;
}

/** The bytes that a tensor takes on the device. */
export function byteLength(type: TensorType): number {
  const { layout, shape } = type;
  const bytes = type.half ? 8 : 16;
  switch (layout) {
    case "image":
      return bytes * shape[0] * shape[2] * shape[3] * vectors(shape[1]);
    case "filter":
    case "transposedFilter":
      return 4 * bytes * shape[2] * shape[3] * vectors(shape[0]) * vectors(shape[1]);
    case "vector":
      return 16 * vectors(shape[0]);
    case "pixels":
      return 4 * elements({ shape });
  }
}

export function totalBytes(...types: TensorType[]): number {
  return types.reduce((sum, type) => sum + byteLength(type), 0);
}

/**
 * The precision of operands that a kernel reads and writes alike.
 *
 * @throws Error if they differ, which is a defect in the planner
 */
export function precisionOf(first: Operand, ...others: readonly Operand[]): Precision {
  const half = first.type?.half ?? false;
  if (others.some(({ type }) => (type?.half ?? false) !== half)) throw new Error("The operands have two precisions.");
  return half ? "half" : "full";
}

/**
 * Throws if an input does not fit its operation, which is a defect in the description of a network.
 */
export function requireThat(condition: boolean, operation: string, message: () => string): asserts condition {
  if (!condition) throw new RangeError(`${operation}: ${message()}`);
}
