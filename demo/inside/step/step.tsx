// The training step: an explanation, its graph, and the details of the selected operation.

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { NodeJson } from "../../../src/autograd/plan-json.ts";
import type { Anatomy, GradientSize } from "../../../src/train/step/anatomy.ts";
import { Button, Segmented } from "../../parts/controls.tsx";
import { Facts, Notice, Picture } from "../../parts/display.tsx";
import { theme } from "../../parts/shell-state.ts";
import { bytesText, countText, flopsText } from "../../parts/words.ts";
import type { DissectedStep } from "../api.ts";
import { scales } from "../pictures.ts";
import { ProgressPlace } from "../progress-place.tsx";
import * as state from "../state.ts";
import { clockText, numberText, operationTitle, shapeText, timeText } from "../words.ts";
import { gradientScale, StepGraph, type GradientScale } from "./step-graph.tsx";

export function StepSection() {
  const { answer, busy, problem } = state.dissected.value;
  return (
    <section class="stack" aria-labelledby="step-title">
      <div class="intro">
        <h2 id="step-title">One training step, and every gradient in it</h2>
        <p>
          A step involves four networks. G_A turns a photo into pixel art, G_B turns that back into a photo, and D_A
          judges the pixel art; the other direction works the same way. Three goals add up to one number,{" "}
          <b>the loss</b>: to fool the discriminator, to get the same picture after a translation there and back (
          <b>cycle</b>), and to leave a picture alone that is already in the target style (<b>identity</b>). The
          backward pass then computes how the loss changes with each number. That is a <b>gradient</b>, and Adam moves
          each weight a little against its gradient. The discriminators learn last, from their own loss: they should
          score real pictures 1 and generated ones 0.
        </p>
      </div>
      <div class="row">
        <Segmented
          label="Initial weights"
          value={state.stepWeights.value}
          choices={[
            { value: "fresh", text: "Fresh weights" },
            { value: "trained", text: "Bundled networks" },
          ]}
          onChoose={(weights) => {
            state.stepWeights.value = weights;
            void state.runStep();
          }}
        />
        <Button onClick={() => void state.runStep()} disabled={busy}>
          Run the step again
        </Button>
      </div>
      <ProgressPlace busy={busy} />
      {problem && <Notice tone="error">{problem}</Notice>}
      {answer ? <Step step={answer} /> : <div class="step-place" aria-hidden="true" />}
    </section>
  );
}

function Step({ step }: { step: DissectedStep }) {
  const { anatomy, ngf, ndf, side } = step;
  const selected = useSignal<number | null>(null);
  const scale = useMemo(() => gradientScale(anatomy), [anatomy]);
  const id = selected.value ?? largestGradient(anatomy);
  const { losses, plan } = anatomy;
  return (
    <div class="stack">
      <div class="step-facts">
        <div class="step-pictures">
          <Picture picture={step.realA} label="A: the photo" />
          <Picture picture={step.realB} label="B: the pixel art" />
        </div>
        <Facts
          facts={{
            Networks: `2 × ResNet-6, ngf ${ngf}; 2 × PatchGAN, ndf ${ndf}`,
            Pictures: `${side} × ${side}`,
            Operations: countText(plan.nodes.filter(({ launches: [first, end] }) => end > first).length),
            Dispatches: countText(plan.launches),
            Compute: flopsText(plan.nodes.reduce((sum, { flops }) => sum + flops, 0)),
            "Temporary memory": bytesText(plan.slots.reduce((sum, bytes) => sum + bytes, 0)),
            "Loss of G_A": `${numberText(losses.G_A)} + cycle ${numberText(losses.cycle_A)} + identity ${numberText(losses.idt_A)}`,
            "Loss of G_B": `${numberText(losses.G_B)} + cycle ${numberText(losses.cycle_B)} + identity ${numberText(losses.idt_B)}`,
            "Losses of D_A and D_B": `${numberText(losses.D_A)} and ${numberText(losses.D_B)}`,
          }}
        />
      </div>
      <StepGraph anatomy={anatomy} scale={scale} selected={id} onSelect={(node) => (selected.value = node)} />
      <GradientLegend scale={scale} />
      <Looked anatomy={anatomy} id={id} />
    </div>
  );
}

/** The operation that is selected at first. */
function largestGradient({ plan, nodes }: Anatomy): number {
  const convolutions = plan.nodes.filter(({ operation, phase }) => operation === "convolution" && phase === "forward");
  return convolutions.reduce(
    (best, { id }) => ((nodes[id].gradient?.norm ?? 0) > (nodes[best].gradient?.norm ?? 0) ? id : best),
    convolutions[0].id,
  );
}

function GradientLegend({ scale: { least, most } }: { scale: GradientScale }) {
  const { zero, most: full } = scales[theme.value];
  return (
    <div class="gradient-legend small">
      <span>
        In each box, the upper row is the forward pass (strong: convolutions; pale: norms). The lower row is the
        backward pass, coloured by the gradient’s root mean square (rms) on a logarithmic scale. The thickness of a line
        shows the gradient that flows back along it.
      </span>
      <span class="legend number">
        <span>{numberText(least)}</span>
        <span
          class="ramp"
          style={{ background: `linear-gradient(to right, rgb(${zero.join()}), rgb(${full.join()}))` }}
        />
        <span>{numberText(most)}</span>
      </span>
    </div>
  );
}

/** PyTorch's name of an operation's layer, if it has tensors: `model.1 of G_A`. */
export function layerName({ plan }: Anatomy, node: NodeJson): string | null {
  const weight = node.inputs
    .map((input) => plan.nodes[input])
    .find(({ operation, name }) => operation === "parameter" && name?.includes("/"));
  const [network, tensor] = weight?.name?.split("/") ?? [];
  return tensor ? `${tensor.replace(/\.(weight|bias)$/, "")} of ${network}` : null;
}

function gradientText({ norm, rms }: GradientSize): string {
  return `norm ${numberText(norm)}, rms ${numberText(rms)}`;
}

function dispatchesText({ launches: [first, end] }: NodeJson): string {
  return end - first === 1 ? "1 dispatch" : `${end - first} dispatches`;
}

function Looked({ anatomy, id }: { anatomy: Anatomy; id: number }) {
  const { plan, nodes, passes, clock } = anatomy;
  const node = plan.nodes[id];
  const { pass, forwardNode, nanoseconds } = nodes[id];
  const weights = node.inputs
    .map((input) => plan.nodes[input])
    .filter(({ id }) => nodes[id].gradient && plan.nodes[id].operation === "parameter");
  // For a backward operation, the details also name its forward operation.
  const origin = forwardNode === null ? node : plan.nodes[forwardNode];
  const size = nodes[origin.id].gradient;
  const name = layerName(anatomy, origin) ?? (pass === null ? null : passes[pass].network);
  const { memory } = node;
  return (
    <div class="selected panel">
      <h3>
        {operationTitle(node.operation)}
        {name && <span class="faint"> · {name}</span>}
      </h3>
      <p class="small faint">
        {node.phase === "backward"
          ? forwardNode === null
            ? "Backward pass: adds the gradients that several losses give one weight."
            : `Backward pass of: ${operationTitle(plan.nodes[forwardNode].operation)}.`
          : node.phase === "update"
            ? "Update: overwrites the stored values once all gradients are known."
            : "Forward pass."}
      </p>
      <Facts
        facts={{
          ...(origin.phase === "forward" && {
            [`Gradient with respect to ${origin === node ? "its output" : `the output of ${operationTitle(origin.operation)}`}`]:
              size ? gradientText(size) : "none: no loss depends on it",
          }),
          ...Object.fromEntries(
            weights.map(({ id, name }) => [
              `Gradient with respect to its ${name!.split(".").at(-1)}, all losses`,
              gradientText(nodes[id].gradient!),
            ]),
          ),
          Shape: shapeText(node.shape),
          Compute: flopsText(node.flops),
          [clockText(clock, state.choices.value.answer!.adapter.software)]:
            `${timeText(nanoseconds)} in ${dispatchesText(node)}`,
          Memory:
            "slot" in memory
              ? `slot ${memory.slot}, ${bytesText(memory.bytes)}, from dispatch ${memory.first} to ${memory.last}`
              : `${bytesText(memory.bytes)}, kept after the step: ${memory.kept}`,
        }}
      />
    </div>
  );
}
