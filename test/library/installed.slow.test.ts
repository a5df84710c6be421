// The package as users install it: packed, and installed from the tarball into a Vite project in
// strict TypeScript and into a plain Node project, which are type-checked with all libraries, built
// and run. Their other dependencies come from npm's registry.

import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { launch } from "puppeteer";
import { beforeAll, expect, test } from "vitest";
import { chromium } from "../../scripts/chromium.mjs";
import { serve } from "../../scripts/serve.mjs";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { encodePng } from "../../src/platform/pictures/images.node.ts";
import { webGpuFlags } from "../demo/browser.ts";
import { testFolder } from "../folder.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const folder = testFolder("installed");
const weights = writeSafetensors(randomWeights(smallResnet));

async function run(cwd: string, file: string, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(file, words, {
    cwd,
    maxBuffer: 2 ** 26,
    shell: process.platform === "win32",
  }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${file} ${words.join(" ")}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout + stderr;
}

let tarball: string;
beforeAll(async () => {
  await run(".", "npm", "pack", "--pack-destination", folder, "--loglevel=error");
  tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz"))!,
  );
}, 300_000);

/** An empty project with the package and others in it. */
async function project(name: string, compilerOptions: object, ...packages: string[]): Promise<string> {
  const root = join(folder, name);
  mkdirSync(join(root, "src"), { recursive: true });
  writeFileSync(join(root, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  writeFileSync(
    join(root, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: { target: "ES2022", strict: true, skipLibCheck: false, types: [], ...compilerOptions },
      include: ["src"],
    }),
  );
  await run(
    root,
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    tarball,
    "typescript@5.9",
    ...packages,
  );
  return root;
}

test("a Vite page in strict TypeScript builds and runs", async () => {
  const root = await project(
    "page",
    { module: "ESNext", moduleResolution: "bundler", lib: ["ES2022", "DOM"], noEmit: true },
    "vite@7",
  );
  copyFileSync("test/library/consumers/page.ts", join(root, "src", "page.ts"));
  writeFileSync(join(root, "index.html"), '<!doctype html><script type="module" src="/src/page.ts"></script>');
  mkdirSync(join(root, "public"));
  writeFileSync(join(root, "public", "small.safetensors"), weights);
  await run(root, "npx", "tsc", "-p", ".");
  await run(root, "npx", "vite", "build", "--logLevel", "warn");

  const { address, close } = await serve(join(root, "dist"));
  const browser = await launch({ executablePath: await chromium(), args: webGpuFlags });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => document.title !== "", { timeout: 100_000 });
    expect(await page.title()).toBe(
      "resnet; true; 16; 16; 16; 255,0; 255,0; a picture of 3 x 3 pixels takes a Uint8ClampedArray of 36 bytes, RGBA, not one of 8.",
    );
  } finally {
    await browser.close();
    close();
  }
}, 600_000);

test("a program for Node runs, and so does the command line", async () => {
  const root = await project("program", { module: "NodeNext", types: ["node"], lib: ["ES2023"] }, "@types/node@20");
  copyFileSync("test/library/consumers/program.ts", join(root, "src", "program.ts"));
  writeFileSync(join(root, "small.safetensors"), weights);
  writeFileSync(join(root, "photo.png"), await encodePng(randomPicture(16, 16)));
  await run(root, "npx", "tsc", "-p", ".");
  expect(await run(root, "node", "src/program.js")).toBe("4,4,false,16,4,false\n");

  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(await run(root, "npx", "pixelcycle", "--version")).toBe(`${version}\n`);
  expect(await run(root, "npx", "pixelcycle", "doctor")).toContain("All is well.");
  await run(root, "npx", "pixelcycle", "convert", "photo.png", "--out", "art");
  expect(readdirSync(join(root, "art"))).toEqual(["photo.png"]);
  await run(root, "npx", "pixelcycle", "start", "--out", "first");
  expect(readdirSync(join(root, "first"))).toContain("index.html");
}, 600_000);

test("the README's example runs unchanged", async () => {
  const [, example] = /## As a library\n\n```js\n(.*?)```/s.exec(readFileSync("README.md", "utf8"))!;
  const root = join(folder, "program");
  const installed = join(root, "node_modules", "pixelcycle");
  writeFileSync(join(installed, "example.mjs"), example);
  await run(installed, "node", "example.mjs");
  expect(readFileSync(join(installed, "otter.png")).length).toBeGreaterThan(1000);
}, 300_000);

test("the package has no internal files, and npm accepts it", async () => {
  const installed = join(folder, "program", "node_modules", "pixelcycle");
  const paths = readdirSync(installed, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  expect(paths.filter((path) => /bench|discriminators|^(src|test|demo)\//.test(path))).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining(["CHANGELOG.md", "LICENSE", "README.md", "dist/cli.js", "dist/node.d.ts"]),
  );
  // Models are most of its size, and are not compressible.
  const models = paths
    .filter((path) => path.endsWith(".safetensors"))
    .map((path) => statSync(join(installed, path)).size);
  expect(statSync(tarball).size - models.reduce((sum, size) => sum + size, 0)).toBeLessThan(1.5e6);
  expect(await run(".", "npx", "publint", "--strict", tarball)).toContain("All good!");
}, 300_000);
