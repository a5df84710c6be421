// Thresholds of the pixel art that a shader shares with its twin, so that the two always agree.
// This file records their meaning with colours on either side of each.

import { deepStrictEqual as same } from "node:assert/strict";
import { vector, type Operation, type TensorType } from "../../../src/kernels/core/operation.ts";
import { colourOf, voteOf, type Vote } from "../../../src/kernels/pixelart/cell-votes.ts";
import { cleanCells } from "../../../src/kernels/pixelart/clean.ts";
import { keepColours } from "../../../src/kernels/pixelart/keep-colours.ts";
import { cones, lights } from "../../../src/kernels/pixelart/oklab.ts";
import { software } from "../../devices.ts";
import { launchesOf } from "../checks.ts";
import { uniformsOf } from "./plan.ts";

const grey = (level: number) => level * 0x010101;
const opaque = (level: number) => grey(level) + 255 * 2 ** 24;

/**
 * Colours less than 24 levels apart are shades of one colour, so a line continues in a cell of such
 * a colour.
 */
export function checkReach(): void {
  const line = { colour: grey(40), down: true, across: false, count: 4 };
  const own: Vote = { colour: grey(200), alpha: 255, lines: [line, undefined] };
  const beside = (level: number) => (x: number, y: number) =>
    x === 0 && y === -1 ? { colour: grey(level), alpha: 255, lines: [] } : undefined;
  same(colourOf(own, beside(40 + 23)), opaque(40));
  same(colourOf(own, beside(40 + 24)), opaque(200));
}

/** A line differs from the colour of its cell by at least 40 levels. */
export function checkContrast(): void {
  const line = (apart: number) => {
    const pixels = Array.from({ length: 25 }, (_, i) => opaque(i % 5 === 2 ? 150 - apart : 150));
    return voteOf({ pixels, side: 5, width: 5, height: 5 }).lines[0]?.down;
  };
  same(line(40), true);
  same(line(39), undefined);
}

/**
 * Of seventeen pixels every other one is tried, of sixteen each one: a colour in between is not
 * found.
 */
export function checkCandidates(): void {
  const vote = (width: number) => {
    const pixels = Array.from({ length: width }, (_, i) => opaque(i === 7 || i === 9 ? 0 : 50 + 24 * (i % 8)));
    return voteOf({ pixels, side: width, width, height: 1 }).colour;
  };
  same(vote(16), opaque(0));
  same(vote(17), opaque(50));
}

/**
 * The threshold for strays is three tenths of that for steps and bumps. Black and white differ by
 * 32767.
 */
export function checkCleaning(): void {
  const limits = (strength: number) => {
    const inputs: TensorType[] = [{ layout: "pixels", shape: [1, 5, 5] }, vector(cones.length)];
    const [launch] = launchesOf(cleanCells as Operation, { inputs, attributes: { strength } }, software);
    const { stray, jag } = uniformsOf(launch);
    return [stray, jag].map(Math.sqrt);
  };
  same(limits(1), [9830, 32767]);
  same(limits(0.5), [4915, 16384]);
}

/**
 * The network draws a line in black, grey and white down the middle of a source that is lighter on
 * the left and in two rows at the far end of the blur. Cells far from the line keep the source's
 * lightness, those of the line take as much of the network's as allowed, and those beside it the
 * rest.
 */
export function checkKeeping(): void {
  const shape = [1, 11, 15];
  const cells = (level: (x: number, y: number) => number) =>
    Float64Array.from({ length: 11 * 15 }, (_, i) => opaque(level(i % 15, Math.floor(i / 15))));
  const source = cells((x, y) => (x === 11 ? 135 : x < 5 ? 140 : 120) + (y === 2 ? 60 : y === 9 ? 100 : 0));
  const tables = [cones, lights].map((table) => ({ shape: [table.length], data: Float64Array.from(table) }));
  const row = (line: number) => {
    const network = cells((x) => (x === 7 ? line : 120));
    const given = [network, source].map((data) => ({ shape, data }));
    const { data } = keepColours.reference([...given, ...tables], { strength: 256 });
    return [...data.slice(5 * 15, 6 * 15)].map((pixel) => pixel & 255);
  };
  same(row(0), [140, 140, 140, 141, 145, 140, 129, 64, 129, 129, 126, 135, 121, 120, 120]);
  same(row(110), [140, 140, 140, 140, 140, 122, 123, 113, 123, 122, 121, 134, 121, 120, 120]);
  same(row(255), [140, 140, 140, 139, 135, 108, 94, 129, 94, 107, 117, 133, 121, 120, 120]);
}
