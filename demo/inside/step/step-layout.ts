// Lays out the operations of a training step. Each run of a network is a box, and each layer a
// column in it, with its forward operations above and its backward operations below. Each network
// has a lane. From left to right follow the pictures, one stage for each loss, and the update. A
// closed box is narrow, an open one wide.

import type { Anatomy } from "../../../src/train/step/anatomy.ts";
import { networkNames, type NetworkName } from "../../../src/train/step/networks.ts";

export interface Column {
  readonly x: number;
  readonly width: number;
  /** The forward nodes. The last one is the layer's output; a norm's statistics come before it. */
  readonly forward: readonly number[];
  readonly backward: readonly number[];
}

export interface Box {
  readonly key: string;
  readonly title: string;
  readonly lane: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly open: boolean;
  readonly columns: readonly Column[];
}

export interface Edge {
  readonly from: Box;
  readonly to: Box;
  /** The node whose output flows along the edge. */
  readonly node: number;
}

export interface Stage {
  readonly title: string;
  readonly x: number;
  readonly width: number;
}

export interface StepLayout {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly stages: readonly Stage[];
  readonly lanes: readonly { readonly title: string; readonly y: number }[];
  readonly width: number;
  readonly height: number;
}

/** The heights of a box's title and of its forward and backward rows, and the gaps around boxes. */
export const sizes = { title: 22, row: 44, laneGap: 26, top: 34, left: 60, gap: 24 } as const;
const boxHeight = sizes.title + 2 * sizes.row;
const lanes = [...networkNames, "Losses"] as const;
const columnWidth = { closed: 5.75, open: 52 } as const;
const smallestBox = 104;

interface Draft {
  key: string;
  title: string;
  lane: number;
  /** The part of the step, and the position in it. */
  stage: number;
  depth: number;
  columns: { forward: number[]; backward: number[] }[];
}

/** @param open the keys of the open boxes */
export function layOutStep(anatomy: Anatomy, open: ReadonlySet<string>): StepLayout {
  const drafts = draftBoxes(anatomy);
  const stageCount = Math.max(...drafts.map(({ stage }) => stage)) + 1;
  const boxes: Box[] = [];
  const stages: Stage[] = [];
  let x: number = sizes.left;
  for (let stage = 0; stage < stageCount; stage++) {
    const members = drafts.filter((draft) => draft.stage === stage);
    const first = x;
    for (let depth = 0; depth <= Math.max(...members.map(({ depth }) => depth)); depth++) {
      const here = members.filter((draft) => draft.depth === depth);
      let widest = 0;
      for (const draft of here) {
        const box = place(draft, x, open.has(draft.key));
        widest = Math.max(widest, box.width);
        boxes.push(box);
      }
      x += widest + sizes.gap;
    }
    stages.push({ title: stageTitles(stageCount)[stage], x: first, width: x - first - sizes.gap });
  }
  return {
    boxes,
    edges: edgesOf(anatomy, boxes),
    stages,
    lanes: lanes.map((title, lane) => ({ title, y: laneY(lane) })),
    width: x,
    height: laneY(lanes.length) - sizes.laneGap + 8,
  };
}

/** The titles of the stages: the pictures, each loss, the update. */
function stageTitles(count: number): string[] {
  const ways =
    count === 5
      ? ["Generators learn from a photo", "Generators learn from pixel art", "Discriminators learn"]
      : ["Generators learn", "Discriminators learn"];
  return ["Pictures", ...ways, "Update"];
}

function laneY(lane: number): number {
  return sizes.top + lane * (boxHeight + sizes.laneGap);
}

function place({ key, title, lane, columns }: Draft, x: number, open: boolean): Box {
  const least = Math.floor(smallestBox / columns.length);
  const width = open ? columnWidth.open : Math.max(columnWidth.closed, Math.min(28, least));
  const placed = columns.map((column, i) => ({ ...column, x: x + 4 + i * width, width }));
  return {
    key,
    title,
    lane,
    open,
    x,
    y: laneY(lane),
    width: Math.max(smallestBox, columns.length * width + 8),
    columns: placed,
  };
}

function draftBoxes({ plan, nodes, passes }: Anatomy): Draft[] {
  const depths: number[] = [];
  passes.forEach((pass, index) => {
    const before = passesBefore(pass.input).filter((other) => passes[other].loss === pass.loss);
    depths[index] = Math.max(-1, ...before.map((other) => depths[other])) + 1;
  });

  /** The passes that a node depends on directly. */
  function passesBefore(id: number): number[] {
    const found = new Set([id]);
    for (const each of found)
      if (nodes[each].pass === null) plan.nodes[each].inputs.forEach((input) => found.add(input));
    return [...new Set([...found].map((each) => nodes[each].pass).filter((pass) => pass !== null))];
  }

  // A discriminator's input is assembled first, at the first position of its stage.
  const drafts = passes.map(({ network, loss, input }, index): Draft => {
    const shown = passesBefore(input).some((other) => passes[other].loss !== loss);
    const title = passTitle(network, depths[index], shown);
    return {
      key: `pass ${index}`,
      title,
      lane: networkNames.indexOf(network),
      stage: loss + 1,
      depth: depths[index] + Number(shown),
      columns: [],
    };
  });
  const lossCount = Math.max(...passes.map(({ loss }) => loss)) + 1;
  const lossLane = lanes.indexOf("Losses");
  const losses = Array.from({ length: lossCount }, (_, loss): Draft => {
    const deepest = Math.max(...drafts.filter(({ stage }) => stage === loss + 1).map(({ depth }) => depth));
    return { key: `loss ${loss}`, title: "Losses", lane: lossLane, stage: loss + 1, depth: deepest, columns: [] };
  });
  const shown = losses.map((draft, loss): Draft => {
    return { ...draft, key: `shown ${loss}`, title: "Input", depth: 0, columns: [] };
  });
  const pictures: Draft = { key: "pictures", title: "Pictures", lane: lossLane, stage: 0, depth: 0, columns: [] };
  const update: Draft = { key: "update", title: "Adam", lane: lossLane, stage: lossCount + 1, depth: 0, columns: [] };

  function draftOf(id: number): Draft {
    const { phase, operation, inputs } = plan.nodes[id];
    const { pass, loss } = nodes[id];
    if (phase !== "forward" || operation === "collect") return update;
    if (pass !== null) return drafts[pass];
    // A picture taken out of a batch is still the network's output.
    if (operation === "takeSamples" && nodes[inputs[0]].pass !== null) return drafts[nodes[inputs[0]].pass!];
    if (loss !== null) return losses[loss];
    if (passesBefore(id).length === 0) return pictures;
    return shown[passes.find(({ input }) => isMadeOf(input, id))?.loss ?? lossCount - 1];
  }

  function isMadeOf(id: number, part: number): boolean {
    return id === part || (nodes[id].pass === null && plan.nodes[id].inputs.some((input) => isMadeOf(input, part)));
  }

  const columnOf = new Map<number, Draft["columns"][number]>();
  let statistics: number[] = [];
  for (const { id, phase, operation } of plan.nodes) {
    const { forwardNode } = nodes[id];
    if (phase === "given") continue;
    if (phase === "backward" && forwardNode !== null && columnOf.has(forwardNode)) {
      columnOf.get(forwardNode)!.backward.push(id);
      continue;
    }
    if (phase === "forward" && operation === "statistics") {
      statistics.push(id);
      continue;
    }
    const draft = draftOf(id);
    const column = { forward: [...statistics, id], backward: [] };
    statistics = [];
    draft.columns.push(column);
    column.forward.forEach((node) => columnOf.set(node, column));
  }
  return [pictures, ...shown, ...drafts, ...losses, update].filter(({ columns }) => columns.length > 0);
}

/** Describes a network's part in the step. A is photos, B is pixel art. */
function passTitle(network: NetworkName, depth: number, learns: boolean): string {
  if (learns) return `${network} learns`;
  if (network === "D_A" || network === "D_B") return `${network} judges`;
  const [from, to] = network === "G_A" ? ["photo", "pixel art"] : ["pixel art", "photo"];
  return depth === 0 ? `${network}: ${from} to ${to}` : `${network}: back to the ${to}`;
}

/** The forward edges between boxes, once for each tensor. */
function edgesOf({ plan }: Anatomy, boxes: readonly Box[]): Edge[] {
  const boxOf = new Map(
    boxes.flatMap((box) => box.columns.flatMap(({ forward }) => forward.map((id) => [id, box] as const))),
  );
  const edges = new Map<string, Edge>();
  for (const to of boxes) {
    if (to.key === "update") continue;
    for (const id of to.columns.flatMap(({ forward }) => forward)) {
      for (const node of plan.nodes[id].inputs) {
        const from = boxOf.get(node);
        if (from && from !== to) edges.set(`${node} ${to.key}`, { from, to, node });
      }
    }
  }
  return [...edges.values()];
}
