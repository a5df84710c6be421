// Where a picture lies in a box that it can be moved and enlarged in: a matrix that takes points of the picture to points of the box. All in the
// screen's own pixels, so that "crisp" can be said of them.

import { mat3d, vec2d, type Mat3d, type Vec2d } from "wgpu-matrix";

/** An enlargement, the same along both axes, and then a move. */
export type Viewport = Mat3d;

export type Point = Vec2d;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A pixel of the picture is drawn no larger than this. */
const largestScale = 64;

/** Pixels of the box to a pixel of the picture. */
export function scaleOf(viewport: Viewport): number {
  return mat3d.getScaling(viewport)[0];
}

/**
 * The whole picture, in the middle of the box.
 *
 * @param cell pixels of the picture that are one pixel of the art: they become a whole number of the screen's pixels where the box has room
 *   for that, so that all are drawn equally large
 */
export function fit(picture: Size, box: Size, cell = 1): Viewport {
  return centred(picture, box, fittingScale(picture, box, cell));
}

function fittingScale(picture: Size, box: Size, cell = 1): number {
  const room = Math.min(box.width / picture.width, box.height / picture.height, largestScale);
  return room * cell >= 1 ? Math.floor(room * cell) / cell : room;
}

/** The picture at a scale, in the middle of the box. */
export function centred(picture: Size, box: Size, scale: number): Viewport {
  const margins = [(box.width - picture.width * scale) / 2, (box.height - picture.height * scale) / 2];
  return mat3d.uniformScale(mat3d.translation(margins.map(Math.round)), scale);
}

/** Enlarged by `factor`; what lies at `point` of the box stays there. The picture never gets smaller than it fits, by half. */
export function zoomAbout(viewport: Viewport, point: Point, factor: number, picture: Size, box: Size): Viewport {
  const smallest = Math.min(1, 0.5 * fittingScale(picture, box));
  const scale = scaleOf(viewport);
  const growth = Math.min(largestScale, Math.max(smallest, scale * factor)) / scale;
  const aboutPoint = mat3d.uniformScale(mat3d.translation(point), growth);
  return mat3d.multiply(mat3d.translate(aboutPoint, vec2d.negate(point)), viewport);
}

/** @param way in the box */
export function moved(viewport: Viewport, way: Point): Viewport {
  return mat3d.multiply(mat3d.translation(way), viewport);
}

/** Moved back so far that the picture covers what it can of the box; along an axis on which it is smaller it stays within. */
export function within(viewport: Viewport, picture: Size, box: Size): Viewport {
  const extent = vec2d.scale([picture.width, picture.height], scaleOf(viewport));
  const room = vec2d.subtract([box.width, box.height], extent);
  const [least, most] = [vec2d.min([0, 0], room), vec2d.max([0, 0], room)];
  const corner = vec2d.min(vec2d.max(mat3d.getTranslation(viewport), least), most);
  return mat3d.setTranslation(viewport, corner);
}

/**
 * On the way from one viewport to another, `share` of it gone. Scales grow by equal factors in equal times, and a point that lies at the
 * same place in both lies there all the way.
 */
export function between(from: Viewport, to: Viewport, share: number): Viewport {
  const growth = scaleOf(to) / scaleOf(from);
  const gone = Math.abs(growth - 1) < 1e-6 ? share : (growth ** share - 1) / (growth - 1);
  return from.map((value, i) => value + gone * (to[i] - value));
}
