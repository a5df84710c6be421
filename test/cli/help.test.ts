// What all commands have in common: their help, and how they refuse options that are unknown or
// have no effect.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { refuseUnknownOption } from "../../src/cli/options/unknown.ts";

/** All commands, which throw where the process would end. */
async function fresh(): Promise<{ program: Command; errors: string[] }> {
  const errors: string[] = [];
  const program = new Command("pixelcycle").exitOverride().configureOutput({
    writeErr: (text) => void errors.push(text),
    outputError: (text) => void errors.push(text),
  });
  for (const register of Object.values(commands)) (await register())(program);
  return { program, errors };
}

/** The commands that run something. */
function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

const pathOf = (command: Command): string[] => (command.parent ? [...pathOf(command.parent), command.name()] : []);

/** A command line with everything that the command requires. */
function leastOf(command: Command): string[] {
  const required = command.options.filter(({ mandatory }) => mandatory);
  return [
    ...pathOf(command),
    ...command.registeredArguments.map((_, i) => `missing-${i}`),
    ...required.flatMap(({ long, argChoices }) => [long!, argChoices?.[0] ?? "4"]),
  ];
}

const { program: known } = await fresh();
const options = leavesOf(known).flatMap((command) =>
  command.options.map((option) => ({ command, option, name: `${pathOf(command).join(" ")} ${option.long}` })),
);

test("the help states a default once, as one types it", () => {
  const help = known.createHelp();
  for (const { option, name } of options) {
    const text = help.optionDescription(option);
    expect(text.match(/\(default/g)?.length ?? 0, name).toBeLessThanOrEqual(1);
    expect(text, name).not.toMatch(/\(default: (\[|"")/);
  }
});

const dependent = options.flatMap(({ command, option, name }) => {
  const needed = /^for (--[a-z-]+): /.exec(option.description)?.[1];
  return needed === undefined ? [] : [{ command, option, name, needed }];
});

test.each(dependent)("$name is refused without $needed", async ({ command, option, needed }) => {
  const { program } = await fresh();
  const value = option.argChoices?.[0] ?? (/real/.test(option.description) ? "real-pixel-art" : "1");
  const given = program.parseAsync([...leastOf(command), option.long!, value], { from: "user" });
  await expect(given).rejects.toThrow(new RegExp(`^${option.long} (has no effect without|applies only to) ${needed}`));
});

test("such options exist in several commands", () => {
  expect(new Set(dependent.map(({ command }) => command.name()))).toEqual(
    new Set(["convert", "snap", "prepare", "export"]),
  );
});

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-help-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function refusalOf(...words: string[]): Promise<string> {
  const { program, errors } = await fresh();
  try {
    refuseUnknownOption(program, words, ["train", "test", "plan"]);
  } catch {
    // The process would end.
  }
  return errors.join("");
}

test("an unknown option is named even where a required one is missing", async () => {
  expect(await refusalOf("convert", "a.jpg", "--ot", "art/")).toContain("'--ot'\n(Did you mean --out?)");
  expect(await refusalOf("dataset", "prepare", "a", "b", "c", "--cel=4")).toContain(
    "'--cel=4'\n(Did you mean --cell?)",
  );
  expect(await refusalOf("snap", "a.jpg", "-x")).toContain("unknown option '-x'");
  for (const fine of [
    ["convert", "a.jpg", "--out", "b", "--", "-x.jpg"],
    ["convert", "--hlp", "-h"],
    ["train", "--x"],
    ["--x"],
  ])
    expect(await refusalOf(...fine), fine.join(" ")).toBe("");
});

test("a file whose name looks like an option is explained", async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    writeFileSync("-dash.jpg", "");
    expect(await refusalOf("convert", "-dash.jpg", "--out", "art/")).toContain(
      "(For the file of that name, write ./-dash.jpg)",
    );
  } finally {
    process.chdir(before);
  }
});
