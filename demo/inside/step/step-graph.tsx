// The graph of a step. Boxes open and close, colours show the layers' gradients, and the thickness
// of a line shows the gradient that flows back along it.

import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Anatomy } from "../../../src/train/step/anatomy.ts";
import { Button } from "../../parts/controls.tsx";
import { theme } from "../../parts/shell-state.ts";
import { scales } from "../pictures.ts";
import { numberText, operationTitle, shortTitle } from "../words.ts";
import { layOutStep, sizes, type Box, type Column, type Edge, type StepLayout } from "./step-layout.ts";

/** A logarithmic scale from the smallest gradient to the largest. */
export interface GradientScale {
  readonly least: number;
  readonly most: number;
}

export function gradientScale({ nodes }: Anatomy): GradientScale {
  const sizes = nodes.map(({ gradient }) => gradient?.rms ?? 0).filter((rms) => rms > 0);
  sizes.sort((a, b) => a - b);
  // The gradient of a bias before a norm is only rounding error, which would stretch the scale.
  return { least: sizes[Math.floor(0.1 * sizes.length)], most: sizes.at(-1)! };
}

function shareOf({ least, most }: GradientScale, rms: number): number {
  if (!(rms > 0)) return 0;
  return Math.min(1, Math.max(0, Math.log(rms / least) / Math.log(most / least)));
}

interface GraphProps {
  readonly anatomy: Anatomy;
  readonly scale: GradientScale;
  readonly selected: number;
  readonly onSelect: (node: number) => void;
}

const zooms = [0.5, 0.65, 0.8, 1, 1.4, 2];

export function StepGraph({ anatomy, scale, selected, onSelect }: GraphProps) {
  const open = useSignal<ReadonlySet<string>>(new Set());
  const zoom = useSignal(zooms.indexOf(1));
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number } | null>(null);
  const layout = useMemo(() => layOutStep(anatomy, open.value), [anatomy, open.value]);
  const factor = zooms[zoom.value];

  // Fit the whole graph, as long as its text stays readable.
  useEffect(() => {
    const fitting = zooms.findLastIndex((zoom) => zoom <= 1 && layout.width * zoom <= frame.current!.clientWidth);
    zoom.value = Math.max(zooms.indexOf(0.8), fitting);
  }, []);

  const toggle = (key: string) => {
    const keys = new Set(open.value);
    if (!keys.delete(key)) keys.add(key);
    open.value = keys;
  };
  const select = (node: number) => {
    onSelect(node);
    requestAnimationFrame(() => frame.current?.querySelector<SVGElement>(`[data-node="${node}"]`)?.focus());
  };
  return (
    <div class="graph">
      <div class="row">
        <Button small label="Zoom out" disabled={zoom.value === 0} onClick={() => zoom.value--}>
          −
        </Button>
        <Button small label="Zoom in" disabled={zoom.value === zooms.length - 1} onClick={() => zoom.value++}>
          +
        </Button>
        <Button small onClick={() => (open.value = new Set(open.value.size ? [] : layout.boxes.map(({ key }) => key)))}>
          {open.value.size ? "Close all boxes" : "Open all boxes"}
        </Button>
        <span class="small faint">Click a box’s name to open it. Point at an operation, or use the arrow keys.</span>
      </div>
      <div
        class="graph-frame"
        ref={frame}
        onPointerDown={(event) => {
          if (event.pointerType === "mouse" && event.button === 0)
            drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          if (!drag.current || !(event.buttons & 1)) return;
          event.currentTarget.scrollBy(drag.current.x - event.clientX, drag.current.y - event.clientY);
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerUp={() => (drag.current = null)}
      >
        <svg
          width={layout.width * factor}
          height={layout.height * factor}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          role="group"
          aria-label="Operations of the step"
          onKeyDown={(event) => {
            const to = neighbour(layout, selected, event.key);
            if (to === null) return;
            event.preventDefault();
            select(to);
          }}
        >
          {layout.lanes.map(({ title, y }) => (
            <text key={title} class="lane-title" x={6} y={y + sizes.title + sizes.row + 4}>
              {title}
            </text>
          ))}
          {layout.stages.map(({ title, x, width }, i) => (
            <g key={title} class="stage">
              {i > 0 && <line x1={x - sizes.gap / 2} y1={0} x2={x - sizes.gap / 2} y2={layout.height} />}
              <text
                x={x}
                y={18}
                textLength={title.length * 7 > width + sizes.gap ? width + sizes.gap / 2 : undefined}
                lengthAdjust="spacingAndGlyphs"
              >
                {title}
              </text>
            </g>
          ))}
          {layout.edges.map((edge) => (
            <EdgeLine
              key={`${edge.node} ${edge.to.key}`}
              edge={edge}
              share={shareOf(scale, anatomy.nodes[edge.node].gradient?.rms ?? 0)}
            />
          ))}
          {layout.boxes.map((box) => (
            <BoxGroup
              key={box.key}
              box={box}
              anatomy={anatomy}
              scale={scale}
              selected={selected}
              onSelect={onSelect}
              onToggle={toggle}
            />
          ))}
        </svg>
      </div>
    </div>
  );
}

function EdgeLine({ edge: { from, to, node }, share }: { edge: Edge; share: number }) {
  const column = from.columns.find(({ forward }) => forward.includes(node))!;
  const [x1, y1] = [column.x + column.width, from.y + sizes.title + sizes.row / 2];
  const [x2, y2] = [to.x, to.y + sizes.title + sizes.row / 2];
  const bend = Math.max(24, Math.abs(x2 - x1) / 3);
  return (
    <path
      class="edge"
      d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
      style={{ strokeWidth: 1 + 5 * share }}
    />
  );
}

interface BoxProps extends GraphProps {
  readonly box: Box;
  readonly onToggle: (key: string) => void;
}

function BoxGroup({ box, onToggle, ...graph }: BoxProps) {
  return (
    <g class="box">
      <rect class="box-frame" x={box.x} y={box.y} width={box.width} height={sizes.title + 2 * sizes.row + 4} rx={4} />
      <g
        class="box-title"
        role="button"
        tabindex={0}
        aria-expanded={box.open}
        onClick={() => onToggle(box.key)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          event.stopPropagation();
          onToggle(box.key);
        }}
      >
        <rect x={box.x} y={box.y} width={box.width} height={sizes.title} rx={4} />
        <text x={box.x + 6} y={box.y + 15}>
          {box.open ? "▾" : "▸"} {box.title}
        </text>
      </g>
      {box.columns.map((column) => (
        <ColumnCells key={column.forward[0]} box={box} column={column} {...graph} />
      ))}
    </g>
  );
}

function ColumnCells({ box, column, anatomy, scale, selected, onSelect }: GraphProps & { box: Box; column: Column }) {
  const { plan, nodes } = anatomy;
  const main = column.forward.at(-1)!;
  const top = box.y + sizes.title;
  const gradient = nodes[main].gradient;
  const backHeight = (sizes.row - 2) / Math.max(1, column.backward.length);
  const cell = (id: number, y: number, height: number, kind: string, fill?: string) => (
    <g
      key={id}
      class={`cell ${kind}`}
      data-node={id}
      role="img"
      tabindex={id === selected ? 0 : -1}
      aria-label={labelOf(anatomy, id)}
      onPointerEnter={() => onSelect(id)}
      onFocus={() => onSelect(id)}
      onClick={() => onSelect(id)}
    >
      <rect
        x={column.x + 0.25}
        y={y}
        width={column.width - 0.5}
        height={Math.max(1, height - 1)}
        style={fill ? { fill } : undefined}
        data-selected={id === selected}
      />
      {box.open && height > 9 && (
        <text x={column.x + 3} y={y + Math.min(12, height - 3)}>
          {shortTitle(plan.nodes[id].operation)}
        </text>
      )}
    </g>
  );
  const statistics = column.forward.slice(0, -1);
  return (
    <>
      {statistics.map((id) => cell(id, top, 12, "statistics"))}
      {cell(
        main,
        top + 12 * statistics.length,
        sizes.row - 1 - 12 * statistics.length,
        kindOf(plan.nodes[main].operation),
      )}
      {column.backward.length === 0 ? (
        <rect
          class="no-backward"
          x={column.x + 0.5}
          y={top + sizes.row}
          width={Math.max(1, column.width - 1)}
          height={sizes.row - 2}
        />
      ) : (
        column.backward.map((id, i) =>
          cell(
            id,
            top + sizes.row + 1 + i * backHeight,
            backHeight,
            "backward",
            colourOf(shareOf(scale, gradient?.rms ?? 0)),
          ),
        )
      )}
    </>
  );
}

function labelOf({ plan, nodes }: Anatomy, id: number): string {
  const { gradient, forwardNode } = nodes[id];
  const title = operationTitle(plan.nodes[id].operation);
  if (forwardNode !== null) return `${title}, backward`;
  return gradient ? `${title}, gradient ${numberText(gradient.rms)}` : title;
}

function colourOf(share: number): string {
  const { zero, most } = scales[theme.value];
  return `rgb(${zero.map((from, c) => Math.round(from + share * (most[c] - from))).join()})`;
}

function kindOf(operation: string): string {
  if (/convolution/i.test(operation)) return "convolution";
  if (operation === "normalize") return "norm";
  return "other";
}

/**
 * The target of an arrow key: the next layer, also in the next box; or down to the backward
 * operations and up again.
 */
function neighbour({ boxes }: StepLayout, id: number, key: string): number | null {
  const columns = boxes.flatMap(({ columns }) => columns);
  const at = columns.findIndex(({ forward, backward }) => forward.includes(id) || backward.includes(id));
  if (at < 0) return null;
  const inOrder = [...columns[at].forward, ...columns[at].backward];
  const main = (column: Column | undefined) => column?.forward.at(-1) ?? null;
  switch (key) {
    case "ArrowRight":
      return main(columns[at + 1]);
    case "ArrowLeft":
      return main(columns[at - 1]);
    case "ArrowDown":
      return inOrder[inOrder.indexOf(id) + 1] ?? null;
    case "ArrowUp":
      return inOrder[inOrder.indexOf(id) - 1] ?? null;
    default:
      return null;
  }
}
