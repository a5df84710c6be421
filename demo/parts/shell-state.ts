// The state of the frame around the views, as signals: the current view, the theme, and whether
// there is a GPU.

import { computed, effect, signal } from "@preact/signals";
import { chooseAdapter, describeAdapter, type AdapterDescription } from "../../src/gpu/adapter.ts";

export const viewNames = ["convert", "train", "inside", "bench"] as const;
export type ViewName = (typeof viewNames)[number];

const address = signal(location.hash);
addEventListener("hashchange", () => (address.value = location.hash));

/** The view that the address names, or else the first. */
export const view = computed<ViewName>(() => viewNames.find((name) => address.value === `#${name}`) ?? "convert");

export type Theme = "light" | "dark";

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal<Theme>(darkSystem.matches ? "dark" : "light");
darkSystem.addEventListener("change", ({ matches }) => (systemTheme.value = matches ? "dark" : "light"));

const themeKey = "pixelcycle.theme";
/** Null while the page follows the system. */
const chosenTheme = signal(localStorage.getItem(themeKey) as Theme | null);

/** The current theme. */
export const theme = computed<Theme>(() => chosenTheme.value ?? systemTheme.value);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function switchTheme(): void {
  const next = theme.value === "dark" ? "light" : "dark";
  // Choosing the system's theme means following the system again.
  chosenTheme.value = next === systemTheme.value ? null : next;
  if (chosenTheme.value) localStorage.setItem(themeKey, chosenTheme.value);
  else localStorage.removeItem(themeKey);
}

export type GpuState =
  | { readonly state: "looking" }
  | { readonly state: "there"; readonly adapter: AdapterDescription }
  | { readonly state: "missing"; readonly reason: "no WebGPU" | "no adapter" };

/** Determined once, when the page opens. Each worker opens its own device. */
export const gpu = signal<GpuState>({ state: "looking" });

async function lookForGpu(): Promise<void> {
  // The types promise that `gpu` exists, but older browsers lack it.
  const entry = (navigator as { gpu?: GPU }).gpu;
  if (!entry) {
    gpu.value = { state: "missing", reason: "no WebGPU" };
    return;
  }
  try {
    gpu.value = { state: "there", adapter: describeAdapter(await chooseAdapter(entry)) };
  } catch {
    gpu.value = { state: "missing", reason: "no adapter" };
  }
}

void lookForGpu();
