// Where a picture lies in a box that it can be moved and enlarged in: a point p of the picture is at scale * p + (x, y) of the box.
// All in the screen's own pixels, so that "crisp" can be said of them.

export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A pixel of the picture is drawn no larger than this. */
const largestScale = 64;

/**
 * The whole picture, in the middle of the box.
 *
 * @param cell pixels of the picture that are one pixel of the art: they become a whole number of the screen's pixels where the box has room
 *   for that, so that all are drawn equally large
 */
export function fit(picture: Size, box: Size, cell = 1): Viewport {
  const room = Math.min(box.width / picture.width, box.height / picture.height, largestScale);
  const scale = room * cell >= 1 ? Math.floor(room * cell) / cell : room;
  return centred(picture, box, scale);
}

/** The picture at a scale, in the middle of the box. */
export function centred(picture: Size, box: Size, scale: number): Viewport {
  return {
    scale,
    x: Math.round((box.width - picture.width * scale) / 2),
    y: Math.round((box.height - picture.height * scale) / 2),
  };
}

/** Enlarged by `factor`; what lies at `point` of the box stays there. The picture never gets smaller than it fits, by half. */
export function zoomAbout(viewport: Viewport, point: Point, factor: number, picture: Size, box: Size): Viewport {
  const smallest = Math.min(1, 0.5 * fit(picture, box).scale);
  const scale = Math.min(largestScale, Math.max(smallest, viewport.scale * factor));
  const growth = scale / viewport.scale;
  return { scale, x: point.x + (viewport.x - point.x) * growth, y: point.y + (viewport.y - point.y) * growth };
}

export function moved(viewport: Viewport, x: number, y: number): Viewport {
  return { scale: viewport.scale, x: viewport.x + x, y: viewport.y + y };
}

/** Moved back so far that the picture covers what it can of the box; along an axis on which it is smaller it stays within. */
export function within(viewport: Viewport, picture: Size, box: Size): Viewport {
  const held = (place: number, extent: number, room: number) =>
    Math.min(Math.max(place, Math.min(0, room - extent)), Math.max(0, room - extent));
  return {
    scale: viewport.scale,
    x: held(viewport.x, picture.width * viewport.scale, box.width),
    y: held(viewport.y, picture.height * viewport.scale, box.height),
  };
}

/**
 * On the way from one viewport to another, `share` of it gone. Scales grow by equal factors in equal times, and a point that lies at the
 * same place in both lies there all the way.
 */
export function between(from: Viewport, to: Viewport, share: number): Viewport {
  if (Math.abs(to.scale / from.scale - 1) < 1e-6) {
    return { scale: to.scale, x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
  }
  const scale = from.scale * (to.scale / from.scale) ** share;
  const gone = (scale - from.scale) / (to.scale - from.scale);
  return { scale, x: from.x + gone * (to.x - from.x), y: from.y + gone * (to.y - from.y) };
}
