// An animation as its file stores it: frames that cover parts of a canvas. Each part is a still
// picture file of its own, so whatever decodes stills decodes animations
// (platform/pictures/split-frames.ts).

export interface SplitAnimation {
  readonly width: number;
  readonly height: number;
  /** How often it plays; 0 means forever. */
  readonly loops: number;
  /** The frames that are complete. */
  readonly frames: readonly SplitFrame[];
  /** Whether the file ends before its last frame is complete. */
  readonly isCut: boolean;
  /** The number of frames that the file declares, if it does. */
  readonly promised?: number;
}

export interface SplitFrame {
  /** The frame's pixels alone, as a still picture file. */
  readonly file: Uint8Array;
  /** Its position on the canvas. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Milliseconds. */
  readonly delay: number;
  /** What happens to its area before the next frame. */
  readonly dispose: "keep" | "clear" | "restore";
  /** Whether it replaces what is there, alpha included, or is drawn over it. */
  readonly blend: "replace" | "over";
}
