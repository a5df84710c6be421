// How right our answer to a damaged picture is, and a row of the bench's table.

import { oklabOf, squaredDistance } from "../../src/kernels/pixelart/oklab.ts";
import { median } from "../../src/median.ts";
import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { cellsAt } from "../../src/pixelart/grid/cells/recover.ts";
import { findGrid, type Verdict } from "../../src/pixelart/grid/detect.ts";
import type { Truth } from "./damage.ts";
import type { Answer } from "./method.ts";

export function isExact(answer: Answer | undefined, { size }: Truth): boolean {
  return answer !== undefined && answer.size[0] === size[0] && answer.size[1] === size[1];
}

/** One of our answers, and how right it is. */
export interface Own {
  readonly verdict: Verdict;
  readonly confidence: number;
  /** Whether columns and rows are right. */
  readonly exact: boolean;
  /**
   * Whether the step is right within 1 %, and whether it is a multiple or a fraction of the right
   * one by a power of two.
   */
  readonly within: boolean;
  readonly octave: boolean;
  readonly phaseWithin: boolean;
  /**
   * If the size is right: the number of cells, and of those that are within 0.05 of the true colour
   * in OKLab.
   */
  readonly cells: number;
  readonly cellsWithin: number;
  /** Processor time. */
  readonly milliseconds: number;
}

/** @param isWhole whether the picture has exactly the cells of the art */
export function judgeOwn(image: Image, truth: Truth, art: Image, isWhole: boolean): Own {
  const before = process.cpuUsage();
  const finding = findGrid([image]);
  const { user, system } = process.cpuUsage(before);
  const { verdict, confidence, cell, phase } = finding;
  const exact = verdict === "grid" && isExact(finding, truth);
  const colours = exact && isWhole ? distancesOf(cellsAt(image, finding.cuts), art) : [];
  const isFound = verdict === "grid" || verdict === "mixed";
  const both = (holds: (axis: number) => boolean) => isFound && holds(0) && holds(1);
  const octaves = (axis: number) => Math.log2(cell[axis] / truth.cell[axis]);
  return {
    verdict,
    confidence,
    exact,
    within: both((axis) => Math.abs(cell[axis] / truth.cell[axis] - 1) < 0.01),
    octave: both((axis) => Math.abs(octaves(axis)) > 0.9 && Math.abs(octaves(axis) - Math.round(octaves(axis))) < 0.02),
    phaseWithin: both((axis) => {
      const apart = Math.abs(phase[axis] - truth.phase[axis]) / truth.cell[axis];
      return Math.min(apart, Math.abs(1 - apart)) <= 0.1;
    }),
    cells: colours.length,
    cellsWithin: colours.filter((distance) => distance < 0.05).length,
    milliseconds: (user + system) / 1000,
  };
}

function distancesOf(cells: Image, art: Image): number[] {
  const [a, b] = [cells, art].map(pixelsOf);
  return Array.from(a, (pixel, i) => Math.sqrt(squaredDistance(oklabOf(pixel), oklabOf(b[i]))) / 2 ** 15);
}

/** The columns of the table about our method alone. */
export const details = [
  "step within 1 %",
  "octave off",
  "no grid told",
  "phase within 0.1 cells",
  "cells within 0.05",
  "ms",
];

/** A row of these columns. */
export function detailsOf(all: readonly Own[]): string[] {
  const count = (holds: (own: Own) => boolean) => all.filter(holds).length;
  const sum = (of: (own: Own) => number) => all.reduce((sum, own) => sum + of(own), 0);
  return [
    percent(
      count(({ within }) => within),
      all.length,
    ),
    percent(
      count(({ octave }) => octave),
      all.length,
    ),
    percent(
      count(({ verdict }) => verdict === "none" || verdict === "native"),
      all.length,
    ),
    percent(
      count(({ within, phaseWithin }) => within && phaseWithin),
      count(({ within }) => within),
    ),
    percent(
      sum(({ cellsWithin }) => cellsWithin),
      sum(({ cells }) => cells),
    ),
    median(all.map(({ milliseconds }) => milliseconds)).toFixed(0),
  ];
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? "-" : ((100 * part) / whole).toFixed(0);
}
