// The position and scale of a picture in a box, as a matrix from points of the picture to points of
// the box. The box is measured in the screen's physical pixels, so that a scale can be made crisp.

import { mat3d, vec2d, type Mat3d, type Vec2d } from "wgpu-matrix";

/** A uniform scale, followed by a translation. */
export type Viewport = Mat3d;

export type Point = Vec2d;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The largest size of a drawn pixel. */
const largestScale = 64;

/** Pixels of the box per pixel of the picture. */
export function scaleOf(viewport: Viewport): number {
  return mat3d.getScaling(viewport)[0];
}

/**
 * The whole picture, centred in the box.
 *
 * @param cell the picture's pixels along a cell of the art. If the box is large enough, a cell
 * becomes a whole number of screen pixels, so that all cells are drawn equally large.
 */
export function fit(picture: Size, box: Size, cell = 1): Viewport {
  return centred(picture, box, fittingScale(picture, box, cell));
}

function fittingScale(picture: Size, box: Size, cell = 1): number {
  const room = Math.min(box.width / picture.width, box.height / picture.height, largestScale);
  return room * cell >= 1 ? Math.floor(room * cell) / cell : room;
}

/** The picture at a scale, centred in the box. */
export function centred(picture: Size, box: Size, scale: number): Viewport {
  const margins = [(box.width - picture.width * scale) / 2, (box.height - picture.height * scale) / 2];
  return mat3d.uniformScale(mat3d.translation(margins.map(Math.round)), scale);
}

/**
 * Scaled by `factor` about `point` of the box. The picture never gets smaller than half the size
 * that fits the box.
 */
export function zoomAbout(viewport: Viewport, point: Point, factor: number, picture: Size, box: Size): Viewport {
  const smallest = Math.min(1, 0.5 * fittingScale(picture, box));
  const scale = scaleOf(viewport);
  const growth = Math.min(largestScale, Math.max(smallest, scale * factor)) / scale;
  const aboutPoint = mat3d.uniformScale(mat3d.translation(point), growth);
  return mat3d.multiply(mat3d.translate(aboutPoint, vec2d.negate(point)), viewport);
}

/** @param way the translation, in pixels of the box */
export function moved(viewport: Viewport, way: Point): Viewport {
  return mat3d.multiply(mat3d.translation(way), viewport);
}

/**
 * Moved so that the picture covers as much of the box as it can. Along an axis where it is smaller
 * than the box, it stays inside.
 */
export function within(viewport: Viewport, picture: Size, box: Size): Viewport {
  const extent = vec2d.scale([picture.width, picture.height], scaleOf(viewport));
  const room = vec2d.subtract([box.width, box.height], extent);
  const [least, most] = [vec2d.min([0, 0], room), vec2d.max([0, 0], room)];
  const corner = vec2d.min(vec2d.max(mat3d.getTranslation(viewport), least), most);
  return mat3d.setTranslation(viewport, corner);
}

/**
 * Interpolates between two viewports. The scale changes by equal factors in equal times, and a
 * point with the same position in both stays there throughout.
 */
export function between(from: Viewport, to: Viewport, share: number): Viewport {
  const growth = scaleOf(to) / scaleOf(from);
  const gone = Math.abs(growth - 1) < 1e-6 ? share : (growth ** share - 1) / (growth - 1);
  return from.map((value, i) => value + gone * (to[i] - value));
}
