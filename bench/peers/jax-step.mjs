// @ts-nocheck: the types of what is measured are there only once it is installed.

// jax-js on WebGPU as a peer for training. It runs in its own process and takes the same steps as
// tfjs-step.mjs, with the same messages. Two functions are compiled as a whole: the generators'
// losses, gradients and Adam, and the discriminators'.
//
// In jax-js a function consumes the arrays that it receives: `x.ref` keeps x for another use.

import "./navigator.mjs";
import { timed } from "./timed.mjs";

const { defaultDevice, init, jit, lax, nn, numpy: np, tree, valueAndGrad } = await import("@jax-js/jax");
await init("webgpu");
defaultDevice("webgpu");

function mirror(x, by) {
  for (const axis of [2, 3]) {
    const size = x.shape[axis];
    const slice = (start) => {
      const index = [[], [], [], []];
      index[axis] = [start, start + by];
      return np.flip(x.ref.slice(...index), axis);
    };
    const [before, after] = [slice(1), slice(size - 1 - by)];
    x = np.concatenate([before, x, after], axis);
  }
  return x;
}

const both = (before, after) => [
  [before, after],
  [before, after],
];

const biased = (x, bias) => x.add(bias.ref.reshape([1, -1, 1, 1]));

/** The filters have PyTorch's layout, [out, in, k, k]. */
function conv(parameters, x, name, stride, pad) {
  const product = lax.convGeneralDilated(x, parameters[`${name}.weight`].ref, [stride, stride], both(pad, pad));
  return biased(product, parameters[`${name}.bias`]);
}

/**
 * PyTorch's transposed convolution with padding 1 and output padding 1, [in, out, k, k]: zeros
 * between the inputs, filters flipped.
 */
function up(parameters, x, name) {
  const filters = np.transpose(np.flip(parameters[`${name}.weight`].ref, [2, 3]), [1, 0, 2, 3]);
  const product = lax.convGeneralDilated(x, filters, [1, 1], both(1, 2), { lhsDilation: [2, 2] });
  return biased(product, parameters[`${name}.bias`]);
}

function norm(x) {
  const centred = x.ref.sub(np.mean(x, [2, 3], { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), [2, 3], { keepdims: true });
  return centred.mul(np.reciprocal(np.sqrt(variance.add(1e-5))));
}

function generate(parameters, picture, blocks) {
  let x = nn.relu(norm(conv(parameters, mirror(picture, 3), "model.1", 1, 0)));
  x = nn.relu(norm(conv(parameters, x, "model.4", 2, 1)));
  x = nn.relu(norm(conv(parameters, x, "model.7", 2, 1)));
  for (let block = 10; block < 10 + blocks; block++) {
    const inner = nn.relu(norm(conv(parameters, mirror(x.ref, 1), `model.${block}.conv_block.1`, 1, 0)));
    x = x.add(norm(conv(parameters, mirror(inner, 1), `model.${block}.conv_block.5`, 1, 0)));
  }
  x = nn.relu(norm(up(parameters, x, `model.${10 + blocks}`)));
  x = nn.relu(norm(up(parameters, x, `model.${13 + blocks}`)));
  return np.tanh(conv(parameters, mirror(x, 3), `model.${17 + blocks}`, 1, 0));
}

function judge(parameters, picture) {
  let x = nn.leakyRelu(conv(parameters, picture, "model.0", 2, 1), 0.2);
  x = nn.leakyRelu(norm(conv(parameters, x, "model.2", 2, 1)), 0.2);
  x = nn.leakyRelu(norm(conv(parameters, x, "model.5", 2, 1)), 0.2);
  x = nn.leakyRelu(norm(conv(parameters, x, "model.8", 1, 1)), 0.2);
  return conv(parameters, x, "model.11", 1, 1);
}

const distance = (a, b) => np.mean(np.absolute(a.sub(b)));
const square = (prediction, target) => np.mean(np.square(prediction.sub(target)));

/** One step of Adam; `corrections` is 1 / (1 - beta^t) for both moments. */
function adam({ parameters, first, second }, gradients, corrections) {
  const firsts = tree.map((m, g) => m.mul(0.5).add(g.ref.mul(0.5)), first, gradients);
  const seconds = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), second, gradients);
  const moved = tree.map(
    (parameter, m, v) => {
      const size = np.sqrt(v.ref.mul(corrections.ref.slice(1))).add(1e-8);
      return parameter.sub(m.ref.mul(corrections.ref.slice(0)).mul(2e-4).div(size));
    },
    parameters,
    firsts,
    seconds,
  );
  return { parameters: moved, first: firsts, second: seconds };
}

function trainer({ networks, blocks }) {
  const stateOf = (...names) => {
    const parameters = {};
    for (const name of names) {
      const weights = [...networks[name]].map(([key, { shape, data }]) => [key, np.array(data).reshape([...shape])]);
      parameters[name] = Object.fromEntries(weights);
    }
    const zeros = () => tree.map((parameter) => np.zerosLike(parameter.ref), parameters);
    return { parameters, first: zeros(), second: zeros() };
  };
  let generators = stateOf("G_A", "G_B");
  let discriminators = stateOf("D_A", "D_B");
  let steps = 0;

  const learnGenerators = jit((state, judges, A, B, corrections) => {
    const losses = ({ G_A, G_B }) => {
      const fakeB = generate(G_A, A.ref, blocks);
      const fakeA = generate(G_B, B.ref, blocks);
      const six = [
        square(judge(judges.D_A, fakeB.ref), 1),
        distance(generate(G_B, fakeB.ref, blocks), A.ref).mul(10),
        distance(generate(G_A, B.ref, blocks), B.ref).mul(5),
        square(judge(judges.D_B, fakeA.ref), 1),
        distance(generate(G_A, fakeA.ref, blocks), B.ref).mul(10),
        distance(generate(G_B, A.ref, blocks), A.ref).mul(5),
      ];
      const stacked = np.stack(six);
      return [np.sum(stacked.ref), { losses: stacked, fakeA, fakeB }];
    };
    const [[, made], gradients] = valueAndGrad(losses, { hasAux: true })(tree.ref(state.parameters));
    return { ...made, state: adam(state, gradients, corrections) };
  });

  const learnDiscriminators = jit((state, A, B, fakeA, fakeB, corrections) => {
    const losses = ({ D_A, D_B }) => {
      const of = (judges, real, fake) =>
        square(judge(judges, real), 1)
          .add(square(judge(judges, fake), 0))
          .mul(0.5);
      const stacked = np.stack([of(D_A, B, fakeB), of(D_B, A, fakeA)]);
      return [np.sum(stacked.ref), stacked];
    };
    const [[, both], gradients] = valueAndGrad(losses, { hasAux: true })(tree.ref(state.parameters));
    return { losses: both, state: adam(state, gradients, corrections) };
  });

  return async (pictures) => {
    const [A, B] = [pictures.A, pictures.B].map(({ shape, data }) => np.array(data).reshape([...shape]));
    steps++;
    const corrections = np.array([1 / (1 - 0.5 ** steps), 1 / (1 - 0.999 ** steps)]);
    const judges = tree.ref(discriminators.parameters);
    const forward = learnGenerators(generators, judges, A.ref, B.ref, corrections.ref);
    const backward = learnDiscriminators(discriminators, A, B, forward.fakeA, forward.fakeB, corrections);
    generators = forward.state;
    discriminators = backward.state;
    const [G_A, cycle_A, idt_A, G_B, cycle_B, idt_B] = await forward.losses.data();
    const [D_A, D_B] = await backward.losses.data();
    return Float32Array.of(D_A, G_A, cycle_A, idt_A, D_B, G_B, cycle_B, idt_B);
  };
}

let step;
process.on("message", async (message) => {
  if (message.networks) {
    step = trainer(message);
    process.send({ ready: `jax-js ${defaultDevice()}` });
  } else {
    process.send(await timed(() => step(message)));
  }
});
