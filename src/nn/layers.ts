// The layers that networks consist of, under their PyTorch names. Weights, biases and statistics
// are parameters named as in the state dict; the architecture says whether a layer has a bias.

import { apply, input, parameter, type Tensor } from "../autograd/tensor.ts";
import { convolution, transposedConvolution } from "../kernels/convolution/convolution.ts";
import { vector, type Layout, type TensorType } from "../kernels/core/operation.ts";
import { normalize } from "../kernels/normalization/normalization.ts";
import { runningStatistics, statistics, updateRunning } from "../kernels/normalization/statistics.ts";
import { relu, leakyRelu } from "../kernels/tensor/elementwise.ts";
import { dropout } from "../kernels/tensor/structure.ts";
import { stateDict, type Architecture, type StateTensor, type TensorRole } from "./architecture.ts";

/** The defaults of torch.nn.InstanceNorm2d and BatchNorm2d. */
const epsilon = 1e-5;
const momentum = 0.1;

export interface Mode {
  /**
   * Whether batch norm uses the statistics of the current batch (PyTorch's train()) or running
   * statistics (eval()).
   */
  batchStatistics: boolean;
  /** Whether dropout is active. Each dropout layer then has an input `NAME.seed`. */
  dropout: boolean;
  /**
   * In training: receives the tensors that update batch norm's running statistics. The caller must
   * have them computed.
   */
  onUpdate?: (updated: Tensor) => void;
  /** Receives the statistics that a norm computes from its input, when it does. */
  onStatistics?: (name: string, statistics: Tensor) => void;
  /** Replaces the statistics of a norm's input: [1, C, 1, 2], as `statistics` outputs them. */
  statistics?: (name: string, channels: number) => Tensor;
  /** Receives the output of each named layer, in order; a norm of kind `none` outputs its input. */
  onLayer?: (name: string, output: Tensor) => void;
}

/**
 * The mode in which a generator converts pictures: batch norm as in the reference's test, and no
 * dropout.
 */
export const converting: Mode = { batchStatistics: true, dropout: false };

const layoutOf: Partial<Record<TensorRole, Layout>> = {
  "convolution weight": "filter",
  "transposed convolution weight": "transposedFilter",
};

/**
 * The device layout of a tensor of the state dict; null for the count of batches, which only
 * training reads.
 */
export function deviceType({ role, shape }: StateTensor): TensorType | null {
  return role === "batches tracked" ? null : { layout: layoutOf[role] ?? "vector", shape };
}

/**
 * A network's tensors by their PyTorch names; `prefix` is prepended to their names in a program.
 */
export type Parameters = ReadonlyMap<string, Tensor>;

export function parametersOf(architecture: Architecture, prefix = ""): Parameters {
  const types = stateDict(architecture).map((tensor) => [tensor.name, deviceType(tensor)] as const);
  return new Map(types.flatMap(([name, type]) => (type ? [[name, parameter(prefix + name, type)]] : [])));
}

export class Layers {
  constructor(
    private readonly architecture: Architecture,
    private readonly parameters: Parameters,
    private readonly mode: Mode,
  ) {}

  /**
   * Conv2d `name`. With `reflect` its padding mirrors the image, as a ReflectionPad2d in front of
   * it would.
   */
  convolution(name: string, x: Tensor, { stride = 1, padding = 0, reflect = false }): Tensor {
    return this.named(name, apply(convolution, [x, ...this.weights(name)], { stride, padding, reflect }));
  }

  /** ConvTranspose2d `name`. */
  transposedConvolution(name: string, x: Tensor, { stride = 2, padding = 1, outputPadding = 0 }): Tensor {
    return this.named(
      name,
      apply(transposedConvolution, [x, ...this.weights(name)], { stride, padding, outputPadding }),
    );
  }

  /** InstanceNorm2d, BatchNorm2d or nothing, according to the architecture. */
  norm(name: string, x: Tensor): Tensor {
    return this.named(name, this.normalized(name, x));
  }

  private normalized(name: string, x: Tensor): Tensor {
    switch (this.architecture.norm) {
      case "none":
        return x;
      case "instance":
        return apply(normalize, [x, this.statistics(name, x, "sample")], this.given);
      case "batch": {
        const kept = ["running_mean", "running_var"].map((part) => this.parameter(`${name}.${part}`));
        if (!this.mode.batchStatistics) {
          const moments = apply(runningStatistics, kept, { epsilon });
          return apply(normalize, [x, moments, ...this.weights(name)], { given: true });
        }
        const moments = this.statistics(name, x, "batch");
        const pixels = x.shape[0] * x.shape[2] * x.shape[3];
        for (const [i, of] of (["mean", "variance"] as const).entries()) {
          this.mode.onUpdate?.(apply(updateRunning, [kept[i], moments], { of, pixels, momentum, epsilon }));
        }
        return apply(normalize, [x, moments, ...this.weights(name)], this.given);
      }
    }
  }

  private statistics(name: string, x: Tensor, over: "sample" | "batch"): Tensor {
    if (this.mode.statistics) return this.mode.statistics(name, x.shape[1]);
    const own = apply(statistics, [x], { over, epsilon });
    this.mode.onStatistics?.(name, own);
    return own;
  }

  private get given(): { given?: boolean } {
    return this.mode.statistics ? { given: true } : {};
  }

  /** Dropout(0.5) if the mode has dropout; `name` distinguishes its seed. */
  dropout(name: string, x: Tensor): Tensor {
    return this.mode.dropout ? apply(dropout, [x, input(`${name}.seed`, vector(1))], { probability: 0.5 }) : x;
  }

  relu(x: Tensor): Tensor {
    return apply(relu, [x], {});
  }

  leakyRelu(x: Tensor): Tensor {
    return apply(leakyRelu, [x], { slope: 0.2 });
  }

  private named(name: string, output: Tensor): Tensor {
    this.mode.onLayer?.(name, output);
    return output;
  }

  /** The weight and, where the layer has one, the bias. */
  private weights(name: string): Tensor[] {
    const bias = this.parameters.get(`${name}.bias`);
    return bias ? [this.parameter(`${name}.weight`), bias] : [this.parameter(`${name}.weight`)];
  }

  private parameter(name: string): Tensor {
    const tensor = this.parameters.get(name);
    if (!tensor) throw new Error(`The architecture has no tensor called ${name}.`);
    return tensor;
  }
}
