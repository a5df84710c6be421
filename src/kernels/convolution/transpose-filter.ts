// Converts a filter to a transposed filter and back. The numbers keep PyTorch's order, [a, b, k,
// k]; only the memory layout changes. The gradient of a convolution with respect to its input is a
// transposed convolution, and this prepares the filters for it.

import transposeFilter_ from "../../../shaders/convolution/transpose-filter.wgsl";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import {
  byteLength,
  declare,
  requireThat,
  totalBytes,
  vectors,
  type Operation,
  type TensorType,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";

type FilterLayout = "filter" | "transposedFilter";

function other(layout: FilterLayout): FilterLayout {
  return layout === "filter" ? "transposedFilter" : "filter";
}

/** The same filter in `layout`, from the other layout. */
export const transposeFilter: Operation<{ layout: FilterLayout }> = declare({
  name: "transposeFilter",

  infer([input], { layout }) {
    requireThat(input.layout === other(layout), this.name, () => `${layout} comes from ${other(layout)}`);
    return { layout, shape: input.shape };
  },

  forward(traits, [input], output) {
    const { layout, shape } = input.type!;
    const [outputs, inputs] = layout === "filter" ? shape : [shape[1], shape[0]];
    const taps = shape[2] * shape[3];
    const [rows, columns] = [vectors(inputs), vectors(outputs)];
    const shader = composeShader(transposeFilter_, { LANES: lanes });
    return [
      {
        label: `transpose filter [${shape}]`,
        shader,
        bindings: [{ operand: input }, { operand: output }],
        parameters: uniforms(shader, { taps, rows, columns }),
        workgroups: foldWorkgroups(traits, taps * rows * columns, lanes),
        flops: byteLength(input.type!) / 4,
      },
    ];
  },

  backward: ({ gradient, attributes, apply }) => [
    apply(transposeFilter, [gradient], { layout: other(attributes.layout) }),
  ],
  reference: ([input]) => input,
  cost: ([input]) => ({ flops: 0, bytes: 2 * totalBytes(input) }),

  trials: [
    [5, 3, 7, 7],
    [12, 8, 3, 3],
    [1, 17, 4, 4],
    [9, 4, 1, 1],
  ].flatMap((shape) =>
    (["filter", "transposedFilter"] as const).map((layout) => ({
      inputs: [{ layout: other(layout), shape } satisfies TensorType],
      attributes: { layout },
    })),
  ),
});
