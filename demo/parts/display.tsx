// Components that only display: notices, progress, facts, pictures.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface NoticeProps {
  readonly children: ComponentChildren;
  readonly tone?: "plain" | "warning" | "error" | "good";
  /** Closes the notice. Without it there is no close button. */
  readonly onClose?: () => void;
}

/** A message. Screen readers announce errors immediately, and everything else when they pause. */
export function Notice({ children, tone = "plain", onClose }: NoticeProps) {
  return (
    <div class="notice" data-tone={tone} role={tone === "error" ? "alert" : "status"}>
      <p>{children}</p>
      {onClose && (
        <button type="button" class="button quiet small" aria-label="Close this message" onClick={onClose}>
          ✕
        </button>
      )}
    </div>
  );
}

/** @param share from 0 to 1; null if unknown */
export function ProgressBar({ share, label }: { readonly share: number | null; readonly label: string }) {
  return share === null ? (
    <progress class="progress-bar" aria-label={label} />
  ) : (
    <progress class="progress-bar" aria-label={label} max={1} value={share} />
  );
}

/** Short names and values. */
export function Facts({ facts }: { readonly facts: Readonly<Record<string, ComponentChildren>> }) {
  return (
    <dl class="facts">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface PictureProps {
  readonly picture: Pixels | null;
  /** Empty if the surrounding text already describes the picture. */
  readonly label: string;
  /** Width / height of the space that is kept free until there is a picture. */
  readonly aspect?: number;
  /** Enlarges without smoothing. */
  readonly crisp?: boolean;
}

/**
 * Draws a picture from its bytes, as wide as its container. It takes up its space before the
 * picture arrives.
 */
export function Picture({ picture, label, aspect = 1, crisp = true }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !picture) return;
    const { width, height, data } = picture;
    if (context.canvas.width !== width || context.canvas.height !== height) {
      context.canvas.width = width;
      context.canvas.height = height;
    }
    context.putImageData(new ImageData(data, width, height), 0, 0);
  }, [picture]);
  const ratio = picture ? picture.width / picture.height : aspect;
  return (
    <canvas
      ref={canvas}
      class={crisp ? "pixelated" : undefined}
      role={label ? "img" : undefined}
      aria-label={label || undefined}
      aria-hidden={label ? undefined : true}
      style={{ aspectRatio: String(ratio), width: "100%", background: "var(--sunken)", borderRadius: "3px" }}
    />
  );
}
