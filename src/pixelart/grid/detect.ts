import type { Image } from "../../data/image.ts";
import { axisOf, fitsOf, leastStep, stepsOf, type Fit } from "./axis.ts";
import { planesOf } from "./planes.ts";
import { contrastOf, refine, varianceInside } from "./refine.ts";

interface Choice { fits: [Fit, Fit]; score: number }

export function analyse(image: Image) {
  const planes = [false, true].map((t) => planesOf(image, t));
  const axes = planes.map(axisOf);
  const steps: number[] = [];
  const least = Math.min(image.width, image.height);
  for (const s of axes.flatMap(stepsOf).sort((a, b) => a - b)) {
    if (s < leastStep) continue;
    const last = steps[steps.length - 1];
    if (last === undefined || 1 / last - 1 / s > 0.3 / least) steps.push(s);
  }
  const fits = axes.map((axis) => fitsOf(axis, steps));
  const values = fits.map((list) => list.map((f) => f.share));
  const choices: Choice[] = [];
  for (let i = 0; i < steps.length; i++) for (let j = 0; j < steps.length; j++) {
    const ratio = Math.abs(Math.log(fits[0][i].step / fits[1][j].step));
    const penalty = ratio < 0.5 * fits[0][i].step / least ? 0 : ratio < 0.05 ? 0.03 : ratio < 0.45 ? 0.1 : 0.2;
    choices.push({ fits: [fits[0][i], fits[1][j]], score: (values[0][i] + values[1][j]) / 2 - penalty });
  }
  choices.sort((a, b) => b.score - a.score);
  const top = choices[0];
  // What repeats every so many cells explains more than the cells do, where art is made of tiles.
  const best = choices.find((c) => c.score >= 0.35 * top.score && [0, 1].every((a) => {
    const r = top.fits[a].step / c.fits[a].step; return r > 3.5 && Math.abs(r - Math.round(r)) < 0.04 * Math.round(r) ** 0.5; })) ?? top;
  const lines = best.fits.map((fit, a) => {
    const line = refine(axes[a], fit);
    const options = [line.place, line.place + line.step / 2];
    const vars = options.map((p) => varianceInside(planes[a], line.step, p));
    const p = options[vars.indexOf(Math.min(...vars))] % line.step;
    return { step: line.step, phase: p > line.step / 2 ? p - line.step : p };
  });
  const distinct = choices.filter((c, i) => !choices.slice(0, i).some((o) => Math.abs(Math.log(o.fits[0].step / c.fits[0].step)) < 0.02 && Math.abs(Math.log(o.fits[1].step / c.fits[1].step)) < 0.02));
  const note = distinct.slice(0, 4).map((c) => `${c.fits[0].step.toFixed(2)},${c.fits[1].step.toFixed(2)}:${c.score.toFixed(2)}(${c.fits.map((a) => a.share.toFixed(2) + "o" + a.profile + a.extent[0])})`).join(" ");
  return { contrast: lines.map((l, a) => contrastOf(planes[a], l.step, l.phase)), fits: best.fits, others: distinct.slice(0,6).map(c=>({score:c.score, s:c.fits.map(f=>f.step)})), cell: lines.map((l) => l.step), phase: lines.map((l) => l.phase), note, top: best.score, second: distinct[1]?.score ?? 0 };
}
