// Handles pointers, wheels and animation frames for the stage. stage.tsx is its view.

import { signal } from "@preact/signals";
import { mat3d, vec2d } from "wgpu-matrix";
import {
  between,
  centred,
  fit,
  moved,
  scaleOf,
  within,
  zoomAbout,
  type Point,
  type Size,
  type Viewport,
} from "../../parts/viewport.ts";
import { artOptions } from "../settings.ts";
import type { Scene } from "../state/scene.ts";

/** The share of a movement that remains after each millisecond. */
const stay = 0.986;

/** From this scale on, a photo is drawn without smoothing. */
const crispPhoto = 8;

const revealMilliseconds = 900;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class StageControl {
  /** The position of the divider, as a share of the stage's width. */
  readonly divider = signal(0.5);
  /** CSS pixels per pixel of the source picture. */
  readonly percent = signal(1);
  /**
   * Whether the visitor has moved or zoomed the picture. If so, a touch moves it instead of
   * scrolling the page.
   */
  readonly isMoved = signal(false);
  /** Whether there is a result to compare with. */
  readonly isCompared = signal(false);

  private stage!: HTMLElement;
  private canvas!: HTMLCanvasElement;
  private scene: Scene | null = null;
  /** The index of the shown frame. */
  private place = 0;
  private viewport: Viewport = mat3d.identity();
  private target = this.viewport;
  private frame = 0;
  private lastTime = 0;
  /** The last position of each pressed pointer. */
  private readonly pointers = new Map<number, Point>();
  private holdsDivider = false;
  private revealTo = 0.5;
  /** The time when the reveal ends; 0 if none is running. */
  private revealUntil = 0;

  /** Adds listeners to the elements. @returns a function that removes them */
  attach(stage: HTMLElement, canvas: HTMLCanvasElement): () => void {
    this.stage = stage;
    this.canvas = canvas;
    const controller = new AbortController();
    const { signal } = controller;
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(stage);
    canvas.addEventListener("wheel", this.wheel, { passive: false, signal });
    canvas.addEventListener("dblclick", () => this.fit(), { signal });
    canvas.addEventListener("pointerdown", this.down, { signal });
    stage.addEventListener("pointermove", this.move, { signal });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      stage.addEventListener(name, this.up, { signal });
    }
    this.resize();
    return () => {
      controller.abort();
      observer.disconnect();
      cancelAnimationFrame(this.frame);
    };
  }

  show(scene: Scene | null): void {
    const old = this.scene;
    this.scene = scene;
    const isSame = scene !== null && scene.id === old?.id;
    const [size, oldSize] = [scene, old].map((one) => one?.before[0]);
    const keepsSize = isSame && size!.width === oldSize!.width && size!.height === oldSize!.height;
    if (!keepsSize) this.fit(true);
    else if (!this.isMoved.value) this.fit();
    const isRevealed = scene?.after && !this.isCompared.value;
    this.isCompared.value = Boolean(scene?.after);
    if (isRevealed && !stillness.matches) this.reveal();
    this.draw();
  }

  /** Shows another frame of an animation. */
  showFrame(place: number): void {
    this.place = place;
    if (this.scene && this.scene.before.length > 1) this.draw();
  }

  fit(atOnce = false): void {
    this.isMoved.value = false;
    if (this.scene) this.go(fit(this.picture, this.box, this.cell), atOnce);
  }

  /** One pixel of the picture per CSS pixel, as pages show pictures. */
  actualSize(): void {
    this.isMoved.value = true;
    if (this.scene) this.go(centred(this.picture, this.box, devicePixelRatio));
  }

  /** Zooms about the centre. */
  zoom(factor: number): void {
    this.zoomAt(vec2d.create(this.box.width / 2, this.box.height / 2), factor);
  }

  moveDivider(share: number): void {
    this.revealUntil = 0;
    this.divider.value = Math.min(1, Math.max(0, share));
    this.draw();
  }

  /** Reveals new art from the right, up to the divider's position. */
  private reveal(): void {
    // During another reveal the divider is on its way.
    if (this.revealUntil === 0) this.revealTo = this.divider.value;
    this.revealUntil = performance.now() + revealMilliseconds;
    this.divider.value = 1;
  }

  readonly grabDivider = (event: PointerEvent): void => {
    event.preventDefault();
    const divider = event.currentTarget as HTMLElement;
    divider.focus();
    divider.setPointerCapture(event.pointerId);
    this.holdsDivider = true;
  };

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    // Some mice report lines, and a trackpad's pinch arrives as small steps with ctrl.
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1);
    this.zoomAt(this.pointOf(event), Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)));
  };

  private readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.pointOf(event));
  };

  private readonly move = (event: PointerEvent): void => {
    if (this.holdsDivider) {
      const { left, width } = this.stage.getBoundingClientRect();
      this.moveDivider((event.clientX - left) / width);
      return;
    }
    const last = this.pointers.get(event.pointerId);
    if (!last || !this.scene) return;
    const now = this.pointOf(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    this.isMoved.value = true;
    const way = vec2d.subtract(now, last);
    let next = moved(this.target, way);
    if (other) {
      // Two fingers: each contributes half of the movement, and their distance sets the scale.
      const growth = Math.max(1, vec2d.distance(now, other)) / Math.max(1, vec2d.distance(last, other));
      next = moved(this.target, vec2d.scale(way, 0.5));
      next = zoomAbout(next, vec2d.midpoint(now, other), growth, this.picture, this.box);
    }
    this.go(within(next, this.picture, this.box), true);
  };

  private readonly up = (event: PointerEvent): void => {
    this.holdsDivider = false;
    this.pointers.delete(event.pointerId);
  };

  private zoomAt(point: Point, factor: number): void {
    if (!this.scene) return;
    this.isMoved.value = true;
    const next = zoomAbout(this.target, point, factor, this.picture, this.box);
    this.go(within(next, this.picture, this.box));
  }

  private go(target: Viewport, atOnce = false): void {
    this.target = target;
    this.percent.value = scaleOf(target) / devicePixelRatio;
    if (atOnce || stillness.matches) this.viewport = target;
    this.draw();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.stage;
    this.canvas.width = Math.max(1, Math.round(clientWidth * devicePixelRatio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * devicePixelRatio));
    if (!this.isMoved.value) this.fit(true);
    // Resizing clears a canvas, so paint it before the browser shows it.
    this.paint();
  }

  private draw(): void {
    if (this.frame) return;
    this.lastTime = performance.now();
    this.frame = requestAnimationFrame(this.advance);
  }

  private readonly advance = (time: number): void => {
    const share = 1 - stay ** Math.max(1, time - this.lastTime);
    this.lastTime = time;
    this.frame = 0;
    const { viewport, target } = this;
    const next = between(viewport, target, share);
    const apart = vec2d.distance(mat3d.getTranslation(target), mat3d.getTranslation(next));
    const near = Math.abs(scaleOf(target) / scaleOf(next) - 1) < 1e-3 && apart < 0.5;
    this.viewport = near ? target : next;
    const left = Math.max(0, this.revealUntil - time) / revealMilliseconds;
    if (this.revealUntil > 0) this.divider.value = this.revealTo + (1 - this.revealTo) * left ** 3;
    if (left === 0) this.revealUntil = 0;
    this.paint();
    if (!near || left > 0) this.frame = requestAnimationFrame(this.advance);
  };

  private paint(): void {
    const context = this.canvas.getContext("2d")!;
    const { width, height } = this.canvas;
    context.clearRect(0, 0, width, height);
    if (!this.scene) return;
    const { after } = this.scene;
    const at = Math.min(this.place, this.scene.before.length - 1);
    const before = this.scene.before[at];
    const scale = scaleOf(this.viewport);
    const [xx, xy, , , yx, yy, , , x, y] = this.viewport;
    const edge = Math.round(this.divider.value * width);
    const side = (from: number, to: number, paint: () => void) => {
      context.save();
      context.beginPath();
      context.rect(from, 0, to - from, height);
      context.clip();
      context.setTransform(xx, xy, yx, yy, x, y);
      paint();
      context.restore();
    };
    const paintBefore = () => {
      context.imageSmoothingEnabled = scale < crispPhoto;
      context.imageSmoothingQuality = "high";
      context.drawImage(before, 0, 0);
    };
    if (!after) {
      side(0, width, paintBefore);
      return;
    }
    side(0, edge, paintBefore);
    side(edge, width, () => {
      const { bitmaps, seen, place } = after;
      context.imageSmoothingEnabled = (place.width / seen.width) * scale < 1;
      context.imageSmoothingQuality = "high";
      const { left, top, width, height } = place;
      context.drawImage(bitmaps[at], 0, 0, seen.width, seen.height, left, top, width, height);
    });
  }

  private get picture(): Size {
    return this.scene!.before[0];
  }

  private get box(): Size {
    return this.canvas;
  }

  /** The picture's pixels along a cell of the art; 1 without cells. */
  private get cell(): number {
    return this.scene?.after?.cell ?? artOptions.value.grid?.cell ?? 1;
  }

  private pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.canvas.getBoundingClientRect();
    return vec2d.create((clientX - left) * devicePixelRatio, (clientY - top) * devicePixelRatio);
  }
}
