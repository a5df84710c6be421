// Formats numbers and names for people.

import { previewFolder, type GalleryPicture } from "./data.ts";
import { hasGrid } from "./facets.ts";

export const whole = (value: number) => value.toLocaleString("en");

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** The last part of a path. */
export function nameOf({ file }: GalleryPicture): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

const rounded = (value: number) => String(Math.round(100 * value) / 100);

/** `4 px`, `4 x 5 px`; empty if there is no grid. */
export function cellWords(picture: GalleryPicture): string {
  if (!hasGrid(picture)) return "";
  const [x, y] = [rounded(picture.cellX), rounded(picture.cellY)];
  return `${x === y ? x : `${x} × ${y}`} px`;
}

export function phaseWords({ phaseX, phaseY }: GalleryPicture): string {
  return `${rounded(phaseX)}, ${rounded(phaseY)}`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

export function bytesWords(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * The URL of a picture's file, relative to the page. It leads to a file whatever the file's name
 * is.
 */
export function addressOf({ file }: GalleryPicture, base: string): string {
  const path = file.split("/").map(encodeURIComponent).join("/");
  if (file.startsWith("/")) return `file://${path}`;
  if (/^[a-z]:\//i.test(file)) return `file:///${path.replace("%3A", ":")}`;
  return base + path;
}

/** The URL of a preview, relative to the page. */
export function previewAddress(name: string, isLarge = false): string {
  return `${previewFolder}/${name.slice(0, 2)}/${name}${isLarge ? "-large" : ""}.webp`;
}
