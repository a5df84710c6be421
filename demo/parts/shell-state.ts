// What the frame around the views knows: which view is shown, light or dark, and whether there is a GPU. All of it is signals, so that
// whatever shows one follows it.

import { computed, effect, signal } from "@preact/signals";
import { chooseAdapter, describeAdapter, type AdapterDescription } from "../../src/gpu/adapter.ts";

export const viewNames = ["convert", "train", "inside", "bench"] as const;
export type ViewName = (typeof viewNames)[number];

const address = signal(location.hash);
addEventListener("hashchange", () => (address.value = location.hash));

/** The view that the address names; the first where it names none. */
export const view = computed<ViewName>(() => viewNames.find((name) => address.value === `#${name}`) ?? "convert");

export type Theme = "light" | "dark";

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal<Theme>(darkSystem.matches ? "dark" : "light");
darkSystem.addEventListener("change", ({ matches }) => (systemTheme.value = matches ? "dark" : "light"));

const themeKey = "pixelcycle.theme";
/** Null while the visitor follows the system. */
const chosenTheme = signal(localStorage.getItem(themeKey) as Theme | null);

/** What is shown now. */
export const theme = computed<Theme>(() => chosenTheme.value ?? systemTheme.value);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function switchTheme(): void {
  const next = theme.value === "dark" ? "light" : "dark";
  // Back to what the system says is back to following it.
  chosenTheme.value = next === systemTheme.value ? null : next;
  if (chosenTheme.value) localStorage.setItem(themeKey, chosenTheme.value);
  else localStorage.removeItem(themeKey);
}

export type GpuState =
  | { readonly state: "looking" }
  | { readonly state: "there"; readonly adapter: AdapterDescription }
  | { readonly state: "missing"; readonly reason: "no WebGPU" | "no adapter" };

/** Looked for once, when the page opens; each worker opens its own device. */
export const gpu = signal<GpuState>({ state: "looking" });

async function lookForGpu(): Promise<void> {
  // The types promise that `gpu` is there; older browsers know better.
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
