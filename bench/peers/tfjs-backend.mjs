// @ts-nocheck: the types of what is measured are there only once it is installed.

// tfjs on WebGPU, with layers that match PyTorch's. Inside, pictures are NHWC and filters [k, k, in,
// out]. In Node, navigator.mjs comes first.

globalThis.window ??= globalThis;

export const tf = await import("@tensorflow/tfjs-core");
await import("@tensorflow/tfjs-backend-webgpu");
// In Node the core has no gradients; the layers package registers them in the same registry.
await import("@tensorflow/tfjs-layers");
await tf.setBackend("webgpu");
await tf.ready();

export const backend = `tfjs ${tf.version_core}, ${tf.getBackend()}`;

/**
 * From PyTorch's [out, in, k, k] and, transposed, [in, out, k, k] to tfjs's [k, k, in, out] and [k,
 * k, out, in].
 */
export function tensorOf({ shape, data }) {
  const tensor = tf.tensor(data, shape);
  return shape.length === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor;
}

/** Explicit padding of rows and columns, with this many before and after. */
export const around = (before, after) => [
  [0, 0],
  [before, after],
  [before, after],
  [0, 0],
];

export function conv(get, x, name, stride, pad) {
  return tf.add(tf.conv2d(x, get(`${name}.weight`), stride, pad), get(`${name}.bias`));
}

export function norm(x) {
  const { mean, variance } = tf.moments(x, [1, 2], true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
}

function up(get, x, name) {
  const [batch, height, width] = x.shape;
  const shape = [batch, 2 * height, 2 * width, get(`${name}.bias`).shape[0]];
  // PyTorch's padding 1 with output padding 1 is tfjs's explicit padding of 1 before and 0 after.
  return tf.add(tf.conv2dTranspose(x, get(`${name}.weight`), shape, 2, around(1, 0)), get(`${name}.bias`));
}

/**
 * @param get returns a parameter by PyTorch's name
 * @param mirror pads a picture by reflection, with this many on each side
 */
export function resnet(get, blocks, mirror, picture) {
  let x = tf.relu(norm(conv(get, mirror(picture, 3), "model.1", 1, "valid")));
  x = tf.relu(norm(conv(get, x, "model.4", 2, around(1, 1))));
  x = tf.relu(norm(conv(get, x, "model.7", 2, around(1, 1))));
  for (let block = 10; block < 10 + blocks; block++) {
    const inner = tf.relu(norm(conv(get, mirror(x, 1), `model.${block}.conv_block.1`, 1, "valid")));
    x = tf.add(x, norm(conv(get, mirror(inner, 1), `model.${block}.conv_block.5`, 1, "valid")));
  }
  x = tf.relu(norm(up(get, x, `model.${10 + blocks}`)));
  x = tf.relu(norm(up(get, x, `model.${13 + blocks}`)));
  return tf.tanh(conv(get, mirror(x, 3), `model.${17 + blocks}`, 1, "valid"));
}
