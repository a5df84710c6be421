// Made-up pictures for a gallery.

import type { GalleryPicture } from "../../src/gallery/data.ts";

/** Pixel art with one pixel per cell, except for the given facts. */
export function galleryPicture(given: Partial<GalleryPicture>): GalleryPicture {
  return {
    file: "art.png",
    source: "",
    isPacked: false,
    verdict: "real-pixel-art",
    reason: "already at one pixel per cell",
    confidence: 0.95,
    cellX: 1,
    cellY: 1,
    phaseX: 0,
    phaseY: 0,
    columns: given.width ?? 16,
    rows: given.height ?? 16,
    colors: 8,
    width: 16,
    height: 16,
    kind: "PNG",
    bytes: 200,
    antialiasing: 0,
    jpeg: false,
    alpha: false,
    blank: false,
    duplicateOf: null,
    duplicateKind: null,
    about: null,
    preview: "",
    ...given,
  };
}
