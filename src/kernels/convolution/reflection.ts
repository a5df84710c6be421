// The adjoint of torch.nn.ReflectionPad2d. Convolutions mirror in their index map, so the padded
// image never exists in the forward pass. The gradient with respect to the padded image does exist;
// folding its borders back onto the image gives the gradient with respect to the image.
//
//   output[q] = sum of input[p] over all p that mirror to q

import fold from "../../../shaders/convolution/fold.wgsl";
import type { Rows } from "../core/bands.ts";
import { lanes, launchBands } from "../core/launch.ts";
import { declare, elements, image, requireThat, totalBytes, type Operation } from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";

/**
 * Mirrors an index beyond the border of `size` pixels back inside; the border pixel itself is not
 * repeated.
 */
export function mirror(place: number, size: number): number {
  return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
}

/** [N, C, H + 2p, W + 2p] -> [N, C, H, W]. */
export const foldReflection: Operation<{ padding: number }> = declare({
  name: "foldReflection",

  infer([input], { padding }) {
    const [samples, channels, height, width] = input.shape;
    requireThat(
      Math.min(height, width) > 3 * padding,
      this.name,
      () => `${width}x${height} is no image that was mirrored by ${padding}`,
    );
    return image(samples, channels, height - 2 * padding, width - 2 * padding);
  },

  forward(traits, [input], output, { padding }) {
    const height = output.type!.shape[2];
    const shader = composeShader(fold, { LANES: lanes, PADDING: padding });
    const rowsRead = ({ first, end }: Rows): Rows => {
      const nearTop = first <= padding;
      const nearBottom = end > height - 1 - padding;
      // The mirrored row moves outwards as the row moves towards the middle.
      const mirroredTop = padding - Math.min(end - 1, padding);
      const mirroredBottom = 2 * (height - 1) - Math.max(first, height - 1 - padding) + padding;
      return {
        first: nearTop ? mirroredTop : first + padding,
        end: nearBottom ? mirroredBottom + 1 : end + padding,
      };
    };
    return launchBands(traits, "fold reflection", shader, [input, output], rowsRead, 4);
  },

  reference([input], { padding }) {
    const [samples, channels, paddedHeight, paddedWidth] = input.shape;
    const [height, width] = [paddedHeight - 2 * padding, paddedWidth - 2 * padding];
    const data = new Float64Array(samples * channels * height * width);
    input.data.forEach((value, i) => {
      const x = mirror((i % paddedWidth) - padding, width);
      const y = mirror((Math.floor(i / paddedWidth) % paddedHeight) - padding, height);
      const plane = Math.floor(i / (paddedWidth * paddedHeight));
      data[(plane * height + y) * width + x] += value;
    });
    return { shape: [samples, channels, height, width], data };
  },

  cost: ([input]) => ({ flops: elements(input), bytes: 2 * totalBytes(input) }),

  trials: [
    { inputs: [image(1, 3, 10, 11)], attributes: { padding: 3 } },
    { inputs: [image(2, 5, 4, 7)], attributes: { padding: 1 } },
    { inputs: [image(2, 8, 13, 12)], attributes: { padding: 2 } },
    { inputs: [image(1, 4, 5, 3)], attributes: { padding: 0 } },
  ],
});
