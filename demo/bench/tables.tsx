// The tables of a run. All rows are shown from the start, so nothing moves while results arrive.

import type { Forward } from "../../bench/network.ts";
import { kindHead, kindRows, layerCells, layerHead } from "../../bench/text.ts";
import type { Results } from "./session.ts";

/** A layer's name with typographic signs: `3×3 64→128 at 32×32`. */
export function nameText(name: string): string {
  return name.replaceAll("->", "→").replaceAll(/(\d)x(?=\d)/g, "$1×");
}

export function LayerTable({ layers, peak }: Pick<Results, "layers" | "peak">) {
  const rows = layers.map(({ time, ...layer }) => {
    if (time && peak) return layerCells(layer, time, peak);
    return [layer.name, `${layer.count}`, ...layerHead.slice(2).map(() => "…")];
  });
  return <Table label="Layers" head={layerHead} rows={rows} bars="of peak" />;
}

export function KindTable({ forward }: { readonly forward: Forward }) {
  return <Table label="Kernels of the forward pass" head={kindHead} rows={kindRows(forward.kinds)} bars="share" />;
}

interface TableProps {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The column of percentages, which also get a bar. */
  readonly bars: string;
}

function Table({ label, head, rows, bars }: TableProps) {
  return (
    // Explicit roles: narrow windows lay the table out as cards, which removes the implicit ones.
    <div class="table" role="region" aria-label={label} tabIndex={0}>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            {head.map((name) => (
              <th key={name} role="columnheader" scope="col" class={classOf(name)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(([name, ...cells]) => (
            <tr key={name} role="row">
              <th role="rowheader" scope="row">
                {nameText(name)}
              </th>
              {cells.map((cell, i) => (
                <td key={head[i + 1]} role="cell" class={classOf(head[i + 1])} data-name={head[i + 1]}>
                  {head[i + 1] === bars ? <Bar text={cell} /> : nameText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const classOf = (column: string) => (column === "variant" ? "words" : undefined);

/** A percentage with a bar beside it. */
function Bar({ text }: { readonly text: string }) {
  const share = Number.parseFloat(text) || 0;
  return (
    <span class="bar">
      <span class="ground" aria-hidden="true">
        <span style={{ width: `${Math.min(100, share)}%` }} />
      </span>
      <span class="value">{text}</span>
    </span>
  );
}
