// The page's frame: its head, the view that the address names, or a notice if there is no WebGPU.
// Each view is loaded when it is first shown.

import { signal } from "@preact/signals";
import { render, type ComponentType } from "preact";
import { Notice } from "./parts/display.tsx";
import { gpu, switchTheme, theme, view, viewNames, type ViewName } from "./parts/shell-state.ts";
import { WithoutWebGpu } from "./parts/without-webgpu.tsx";

const titles: Record<ViewName, string> = { convert: "Convert", train: "Train", inside: "Inside", bench: "Bench" };

const loaders: Record<ViewName, () => Promise<{ default: ComponentType }>> = {
  convert: () => import("./convert/view.tsx"),
  train: () => import("./train/view.tsx"),
  inside: () => import("./inside/view.tsx"),
  bench: () => import("./bench/view.tsx"),
};

type Loaded = { readonly View: ComponentType } | { readonly problem: string };
const loaded = signal<Partial<Record<ViewName, Loaded>>>({});

async function load(name: ViewName): Promise<void> {
  try {
    const { default: View } = await loaders[name]();
    loaded.value = { ...loaded.value, [name]: { View } };
  } catch (error) {
    const problem = `This view could not be loaded. Reload the page to try again. [${(error as Error).message}]`;
    loaded.value = { ...loaded.value, [name]: { problem } };
  }
}

view.subscribe((name) => {
  document.title = `${titles[name]} · pixelcycle`;
  if (!loaded.value[name]) void load(name);
});

function Head() {
  return (
    <header class="head">
      <a class="brand" href="#convert">
        <svg viewBox="0 0 8 8" aria-hidden="true" shape-rendering="crispEdges">
          <path fill="var(--accent)" d="M2 0h4v1h1v1h1v2H6V3H5V2H3v1H2v1H0V2h1V1h1z" />
          <path fill="var(--second)" d="M0 4h2v1h1v1h2V5h1V4h2v2H7v1H6v1H2V7H1V6H0z" />
        </svg>
        pixelcycle
      </a>
      <nav aria-label="Views">
        {viewNames.map((name) => (
          <a key={name} href={`#${name}`} aria-current={view.value === name ? "page" : undefined}>
            {titles[name]}
          </a>
        ))}
      </nav>
      <div class="status">
        <Adapter />
        <button
          type="button"
          class="button quiet theme"
          aria-label={theme.value === "dark" ? "Use light colours" : "Use dark colours"}
          onClick={switchTheme}
        >
          <svg viewBox="0 0 18 18" aria-hidden="true">
            <circle cx="9" cy="9" r="7" fill="none" stroke="currentColor" stroke-width="2" />
            <path d="M9 2a7 7 0 0 1 0 14z" fill="currentColor" />
          </svg>
        </button>
      </div>
    </header>
  );
}

function Adapter() {
  const found = gpu.value;
  const text =
    found.state === "there"
      ? found.adapter.name + (found.adapter.software ? ", no GPU" : "")
      : found.state === "missing"
        ? "No WebGPU"
        : "";
  return (
    <span class="adapter" title={text}>
      {text}
    </span>
  );
}

function View() {
  if (gpu.value.state === "missing") return <WithoutWebGpu reason={gpu.value.reason} />;
  if (gpu.value.state === "looking") return null;
  const found = loaded.value[view.value];
  if (!found) return <p class="faint">Loading…</p>;
  return "View" in found ? <found.View key={view.value} /> : <Notice tone="error">{found.problem}</Notice>;
}

function Page() {
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector("main")!.focus();
        }}
      >
        Skip to content
      </a>
      <Head />
      <main id="content" class="main" tabIndex={-1}>
        <View />
      </main>
      <footer class="foot">
        <span>Everything runs in this tab. Your pictures never leave your machine.</span>
        <span>CycleGAN on raw WebGPU, MIT licence.</span>
      </footer>
    </>
  );
}

render(<Page />, document.getElementById("page")!);
