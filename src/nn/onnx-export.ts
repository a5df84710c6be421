// Exports a generator as an ONNX model. The network is traced as for the GPU, and each operation is
// translated to ONNX operators. So there is only one description of a network, and other runtimes
// run the same network.
//
// A trace has fixed sizes, but the model has none: a small picture is traced, and its size is not
// written to the file.

import { inOrder, input, type Tensor } from "../autograd/tensor.ts";
import { writeOnnx, type OnnxAttribute, type OnnxNode } from "../formats/onnx-file.ts";
import { float32Tensor, toFloat32, type NamedTensor } from "../formats/tensors/tensors.ts";
import { convolution, transposedConvolution } from "../kernels/convolution/convolution.ts";
import { image, type Operation } from "../kernels/core/operation.ts";
import { normalize } from "../kernels/normalization/normalization.ts";
import { runningStatistics, statistics, type StatisticsAttributes } from "../kernels/normalization/statistics.ts";
import { add, leakyRelu, relu, tanh } from "../kernels/tensor/elementwise.ts";
import { concat } from "../kernels/tensor/structure.ts";
import { networkName } from "./architecture.ts";
import { multipleOf, requireGenerator, smallestResnetSide, type GeneratorArchitecture } from "./generator.ts";
import { identify } from "./identify.ts";
import { converting } from "./layers.ts";
import { network } from "./networks.ts";

export interface OnnxExportOptions {
  /**
   * Whether batch norm uses the statistics of the current batch, as `convert` does, or running
   * statistics (PyTorch's eval()).
   */
  readonly batchStatistics?: boolean;
  /** Metadata in addition to what describes the network. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a `.onnx` file with one input, `image` [batch, channels, height, width] in [-1, 1],
 * and one output, `art`, likewise. Batch and size are free, as far as the network allows. Numbers
 * are float32, whatever the type of the tensors. There is no dropout, as when `convert` runs the
 * network.
 *
 * @param tensors a state dict; the architecture is identified from it
 * @throws UserError if the tensors belong to no known network, or to a discriminator
 */
export function generatorToOnnx(
  tensors: readonly NamedTensor[],
  { batchStatistics = converting.batchStatistics, metadata = {} }: OnnxExportOptions = {},
): Uint8Array {
  const { architecture } = identify(tensors);
  requireGenerator(architecture);
  const { inputChannels, outputChannels } = architecture;
  const side = Math.max(multipleOf(architecture), smallestResnetSide);
  const source = input("image", image(1, inputChannels, side, side));
  const art = network(architecture, source, { ...converting, batchStatistics });

  const graph = new Graph(tensors);
  for (const tensor of inOrder([art])) graph.add(tensor, tensor === art ? "art" : undefined);
  const facts = describe(architecture, batchStatistics);
  // A U-Net's output has its input's size; equal dimension names declare that.
  const artSides = architecture.kind === "unet" ? ["height", "width"] : ["art_height", "art_width"];
  return writeOnnx({
    name: facts.network,
    description: `A CycleGAN generator. Input image: ${facts.input}. Output art: ${facts.output}. Sizes: ${facts.sizes}.`,
    metadata: { ...facts, ...metadata },
    inputs: [{ name: "image", shape: ["batch", inputChannels, "height", "width"] }],
    outputs: [{ name: "art", shape: ["batch", outputChannels, ...artSides] }],
    nodes: graph.nodes,
    tensors: [...graph.tensors.values()],
  });
}

/** The metadata that explains the file by itself. */
function describe(architecture: GeneratorArchitecture, batchStatistics: boolean) {
  const { inputChannels, outputChannels, ngf, norm } = architecture;
  const channels = (count: number) => ({ 1: "grey", 3: "RGB" })[count] ?? `${count} channels`;
  return {
    network: networkName(architecture),
    ngf: String(ngf),
    norm: norm === "batch" ? `batch, by ${batchStatistics ? "the batch's own" : "running"} statistics` : norm,
    input: `[batch, ${inputChannels}, height, width], ${channels(inputChannels)}, byte / 127.5 - 1`,
    output: `[batch, ${outputChannels}, height, width], ${channels(outputChannels)}, byte = trunc((art + 1) * 127.5)`,
    sizes:
      architecture.kind === "unet"
        ? `height and width are multiples of ${multipleOf(architecture)}`
        : `height and width are at least ${smallestResnetSide}; the output's are rounded up to multiples of 4`,
  };
}

/** Collects the nodes and initialisers of the model. Values are referred to by name. */
class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly tensors = new Map<string, NamedTensor>();
  private readonly values = new Map<Tensor, string>();
  private readonly state: ReadonlyMap<string, NamedTensor>;

  constructor(state: readonly NamedTensor[]) {
    this.state = new Map(state.map((tensor) => [tensor.name, tensor]));
  }

  /**
   * Adds the nodes of a tensor after those of its inputs. Its value gets the given name or a
   * generated one.
   */
  add(tensor: Tensor, name?: string): void {
    const { origin } = tensor;
    if (origin.kind === "input") this.values.set(tensor, origin.name);
    if (origin.kind !== "computed" || partsOfNorms.has(origin.operation)) return;
    const form = forms.get(origin.operation);
    if (!form) throw new Error(`The operation ${origin.operation.name} has no form in ONNX here.`);
    this.values.set(tensor, form(this, origin.inputs, origin.attributes, name));
  }

  /**
   * The value of a tensor. A parameter is stored in the file, with another shape if one is given.
   */
  value(tensor: Tensor, shape?: readonly number[]): string {
    if (tensor.origin.kind !== "parameter") return this.values.get(tensor)!;
    const kept = this.state.get(tensor.origin.name)!;
    return this.keep(float32Tensor(kept.name, [...(shape ?? kept.shape)], toFloat32(kept)));
  }

  /** Stores a tensor in the file, once per name. */
  keep(tensor: NamedTensor): string {
    this.tensors.set(tensor.name, tensor);
    return tensor.name;
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output = `${operator}_${this.nodes.length}`,
  ): string {
    this.nodes.push({ name: `${operator}_${this.nodes.length}`, operator, inputs, output, attributes });
    return output;
  }
}

/**
 * Writes an operation as nodes and returns the value of its result, which is called `output` if
 * that is given.
 */
type Form<A = unknown> = (graph: Graph, inputs: readonly Tensor[], attributes: A, output?: string) => string;

function form<A>(operation: Operation<A>, write: Form<A>): [Operation, Form] {
  return [operation as Operation, write as Form];
}

/** Operations used only by norms, whose translation includes them. */
const partsOfNorms = new Set<Operation>([statistics as Operation, runningStatistics as Operation]);

const forms = new Map<Operation, Form>([
  form(convolution, (graph, [x, weight, ...bias], { stride, padding, reflect }, output) => {
    // ONNX's Conv pads only with zeros.
    const source = reflect ? graph.node("Pad", [graph.value(x), padsOf(graph, padding)], reflected) : graph.value(x);
    const inputs = [source, ...[weight, ...bias].map((tensor) => graph.value(tensor))];
    return graph.node("Conv", inputs, windowOf(weight, stride, reflect ? 0 : padding), output);
  }),

  form(transposedConvolution, (graph, inputs, { stride, padding, outputPadding }, output) => {
    const values = inputs.map((tensor) => graph.value(tensor));
    const window = windowOf(inputs[1], stride, padding);
    return graph.node("ConvTranspose", values, { ...window, output_padding: pair(outputPadding) }, output);
  }),

  form(normalize, (graph, [x, moments, ...affine], { activation }, output) => {
    if (moments.origin.kind !== "computed") throw new Error("A norm's statistics are computed in a trace.");
    if (activation) throw new Error("Activations are fused by the planner, after the trace.");
    const { operation, inputs, attributes } = moments.origin;
    const { over, epsilon } = attributes as StatisticsAttributes;
    if (operation === runningStatistics) {
      const values = [x, ...affine, ...inputs].map((tensor) => graph.value(tensor));
      return graph.node("BatchNormalization", values, { epsilon: { float: epsilon } }, output);
    }
    if (inputs[0] !== x) throw new Error("A norm is by the statistics of what it normalizes.");
    return over === "sample" ? instanceNorm(graph, x, epsilon, output) : batchNorm(graph, x, affine, epsilon, output);
  }),

  form(relu, (graph, [x], _, output) => graph.node("Relu", [graph.value(x)], {}, output)),
  form(leakyRelu, (graph, [x], { slope = 0 }, output) =>
    graph.node("LeakyRelu", [graph.value(x)], { alpha: { float: slope } }, output),
  ),
  form(tanh, (graph, [x], _, output) => graph.node("Tanh", [graph.value(x)], {}, output)),
  form(add, (graph, [a, b], _, output) => graph.node("Add", [graph.value(a), graph.value(b)], {}, output)),
  form(concat, (graph, [a, b], _, output) =>
    graph.node("Concat", [graph.value(a), graph.value(b)], { axis: { integer: 1 } }, output),
  ),
]);

const reflected: Record<string, OnnxAttribute> = { mode: { text: "reflect" } };
/** For rows and columns. */
const pair = (size: number | readonly [rows: number, columns: number]): OnnxAttribute => ({
  integers: typeof size === "number" ? [size, size] : size,
});

/** The shape of a kernel, from its weight [_, _, k, k], with strides and pads. */
function windowOf({ shape }: Tensor, stride: number, padding: number): Record<string, OnnxAttribute> {
  const pads = { integers: [padding, padding, padding, padding] };
  return { kernel_shape: { integers: shape.slice(2) }, strides: pair(stride), pads };
}

/** The `pads` of a Pad: pixels before height and width, then after. */
function padsOf(graph: Graph, padding: number): string {
  const sizes = BigInt64Array.from([0, 0, padding, padding, 0, 0, padding, padding], BigInt);
  return graph.keep({ name: `pads_${padding}`, dtype: "int64", shape: [8], data: new Uint8Array(sizes.buffer) });
}

/** ONNX's norm always has a gain and a shift. */
function instanceNorm(graph: Graph, x: Tensor, epsilon: number, output?: string): string {
  const channels = x.shape[1];
  const all = (name: string, value: number) =>
    graph.keep(float32Tensor(`${name}_${channels}`, [channels], new Float32Array(channels).fill(value)));
  const inputs = [graph.value(x), all("ones", 1), all("zeros", 0)];
  return graph.node("InstanceNormalization", inputs, { epsilon: { float: epsilon } }, output);
}

/**
 * Written out as elementary operators, since inference runtimes support ONNX's BatchNormalization
 * only with running statistics.
 */
function batchNorm(graph: Graph, x: Tensor, affine: readonly Tensor[], epsilon: number, output?: string): string {
  const overBatch = { axes: { integers: [0, 2, 3] }, keepdims: { integer: 1 } };
  const [gain, shift] = affine.map((tensor) => graph.value(tensor, [1, x.shape[1], 1, 1]));
  const small = graph.keep(float32Tensor("epsilon", [], Float32Array.of(epsilon)));
  const mean = graph.node("ReduceMean", [graph.value(x)], overBatch);
  const centered = graph.node("Sub", [graph.value(x), mean]);
  const variance = graph.node("ReduceMean", [graph.node("Mul", [centered, centered])], overBatch);
  const deviation = graph.node("Sqrt", [graph.node("Add", [variance, small])]);
  const normalized = graph.node("Div", [centered, deviation]);
  return graph.node("Add", [graph.node("Mul", [normalized, gain]), shift], {}, output);
}
