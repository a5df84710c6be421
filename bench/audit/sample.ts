// What the audit sees of a labelled picture, and what it should say. A sample has everything that
// the networks are fitted to and measured on, so pictures are examined once for both.

import { evidenceOf, type Evidence } from "../../src/dataset/audit/evidence.ts";
import { gridOf } from "../../src/dataset/audit/judge.ts";
import type { Labelled } from "./labelled.ts";

export interface Sample extends Pick<Labelled, "truth" | "row" | "source" | "way"> {
  /** The name of the picture that it was made from. */
  readonly original: string;
  readonly evidence: Evidence;
  /** The shorter side, at one pixel a cell. */
  readonly side: number;
  /** The time that examining it took. */
  readonly milliseconds: number;
}

export function sampleOf({ image, truth, row, source, way }: Labelled, original: string): Sample {
  const start = performance.now();
  const grid = gridOf(image);
  const { evidence, cells } = evidenceOf(image, grid);
  const milliseconds = performance.now() - start;
  const side = Math.min(cells.width, cells.height);
  return { truth, row, source, way, original, evidence, side, milliseconds };
}
