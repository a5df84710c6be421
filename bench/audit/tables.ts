// The output of the audit bench: precision, recall and F1 for each verdict, the confusion matrix,
// the accuracy for each kind of picture, and the calibration of confidence.

import type { Weights } from "../../src/dataset/audit/network.ts";
import { oddsOf } from "../../src/dataset/audit/odds.ts";
import { verdicts, type AuditVerdict } from "../../src/dataset/audit/row.ts";
import { verdictOf, verdictOn } from "../../src/dataset/audit/verdict.ts";
import { calibrationError, calibrationOf, wilson } from "../statistics.ts";
import { tableRow } from "../text.ts";
import type { Sample } from "./sample.ts";

export interface Judgement {
  readonly truth: AuditVerdict;
  readonly verdict: AuditVerdict;
  readonly confidence: number;
  readonly row: string;
  /** The shorter side, at one pixel a cell. */
  readonly side: number;
  /** The time that examining it took. */
  readonly milliseconds: number;
}

/** @param weights those that `--fit` has written by default */
export function judged({ evidence, truth, row, side, milliseconds }: Sample, weights?: Weights): Judgement {
  const { verdict, confidence } = verdictOn(evidence, oddsOf(evidence, weights));
  return { truth: verdictOf[truth], verdict, confidence, row, side, milliseconds };
}

const told = verdicts.filter((verdict) => verdict !== "broken");

export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** 0 if a verdict was never given, or never true. */
export function scoreOf(judgements: readonly Judgement[], verdict: AuditVerdict): Score {
  const right = judgements.filter((one) => one.truth === verdict && one.verdict === verdict).length;
  const given = judgements.filter((one) => one.verdict === verdict).length;
  const there = judgements.filter(({ truth }) => truth === verdict).length;
  const [precision, recall] = [right / Math.max(1, given), right / Math.max(1, there)];
  return { precision, recall, f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

export function macroF1(judgements: readonly Judgement[]): number {
  return told.reduce((sum, verdict) => sum + scoreOf(judgements, verdict).f1, 0) / told.length;
}

export function printTables(judgements: readonly Judgement[]): void {
  table(
    ["verdict", "pictures", "precision", "recall", "F1"],
    told.map((verdict) => {
      const { precision, recall, f1 } = scoreOf(judgements, verdict);
      const count = judgements.filter(({ truth }) => truth === verdict).length;
      return [verdict, count, ...[precision, recall, f1].map((value) => value.toFixed(3))];
    }),
  );
  console.log(`\nmacro-F1 ${macroF1(judgements).toFixed(3)} over ${judgements.length} pictures\n`);
  table(
    ["is, and was taken for", ...told],
    told.map((truth) => [
      truth,
      ...told.map((verdict) => judgements.filter((one) => one.truth === truth && one.verdict === verdict).length),
    ]),
  );
  console.log();
  const kinds = [...new Set(judgements.map(({ truth, row }) => `${truth}: ${row}`))];
  table(
    ["kind", "pictures", "% right"],
    kinds.map((kind) =>
      shareRow(
        kind,
        judgements.filter(({ truth, row }) => `${truth}: ${row}` === kind),
      ),
    ),
  );
  console.log();
  const sizes = [0, 32, 64, 128, Infinity];
  table(
    ["cells along the shorter side", "pictures", "% right"],
    sizes.slice(1).map((most, i) => {
      return shareRow(
        `${sizes[i]} to ${most}`,
        judgements.filter(({ side }) => side >= sizes[i] && side < most),
      );
    }),
  );
  const sure = judgements.map(({ confidence, truth, verdict }) => ({ confidence, right: truth === verdict }));
  console.log(`\ncalibration error ${calibrationError(sure).toFixed(3)}\n`);
  table(
    ["confidence said", "pictures", "right"],
    calibrationOf(sure)
      .filter(({ count }) => count > 0)
      .map((bin) => [bin.said.toFixed(2), bin.count, bin.true.toFixed(2)]),
  );
  const times = judgements.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  console.log(`\n${times[times.length >> 1].toFixed(0)} ms a picture (median)`);
}

function shareRow(name: string, judgements: readonly Judgement[]): (string | number)[] {
  const right = judgements.filter(({ truth, verdict }) => truth === verdict).length;
  const [low, high] = wilson(right, judgements.length).map((share) => (100 * share).toFixed(0));
  return [name, judgements.length, `${((100 * right) / Math.max(1, judgements.length)).toFixed(0)} (${low}-${high})`];
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  console.log(tableRow(head));
  console.log(tableRow(Array(head.length).fill("---")));
  for (const row of rows) console.log(tableRow(row));
}
