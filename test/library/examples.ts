// Turns the examples in the comments of the library's exports into one module per entry point. It
// begins with the entry point's own example, which all others continue, and has one function for
// each of them.

import { readFileSync } from "node:fs";
import ts from "typescript";

export type Door = "node" | "browser";

interface Example {
  /** The export's name, followed by the member's if the example belongs to one. */
  readonly name: string;
  readonly code: string;
}

/** A module that exports `examples`, functions by name, and `gpu`. */
export interface ExampleModule {
  readonly text: string;
  readonly names: readonly string[];
  /** Exports that have no example. */
  readonly missing: readonly string[];
}

export function examplesOf(door: Door): ExampleModule {
  const exported = exportsOf(pathOf(door));
  const [setting] = examplesAt("module", parsed(pathOf(door)).statements[0]);
  // A generator's methods are those of the class, whichever picture type a platform uses.
  const declared = [...exported, ...exportsOf(pathOf("generator"))];
  const examples = new Map(
    declared.flatMap(([name, declaration]) => examplesAt(name, declaration)).map(({ name, code }) => [name, code]),
  );
  const imported = exported.map(([name, declaration]) => (isType(declaration) ? `type ${name}` : name));
  const text = [
    `import { ${imported.join(", ")} } from "pixelcycle";`,
    setting.code.replace(/^import .* from "pixelcycle";\n/m, ""),
    "export const examples: Record<string, () => Promise<void>> = {",
    ...[...examples].map(([name, code]) => `${JSON.stringify(name)}: async () => {\n${code}\n},`),
    "};",
    "export { gpu };",
  ].join("\n");
  const missing = exported.map(([name]) => name).filter((name) => !examples.has(name));
  return { text, names: [...examples.keys()], missing };
}

const pathOf = (file: string) => new URL(`../../src/library/${file}.ts`, import.meta.url).pathname;

function parsed(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
}

/**
 * The exports of a file by name, each with its declaration, there or in the file that it is
 * re-exported from.
 */
function exportsOf(path: string): [name: string, declaration: ts.Node][] {
  return parsed(path).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return isExported(statement) ? declaredBy(statement) : [];
    const origin = new URL((statement.moduleSpecifier as ts.StringLiteral).text, `file://${path}`).pathname;
    const declared = new Map(parsed(origin).statements.flatMap(declaredBy));
    return (statement.exportClause as ts.NamedExports).elements.map(({ name, propertyName }): [string, ts.Node] => {
      const declaration = declared.get((propertyName ?? name).text);
      if (!declaration) throw new Error(`${origin} does not declare ${name.text} itself.`);
      return [name.text, declaration];
    });
  });
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function declaredBy(statement: ts.Statement): [name: string, declaration: ts.Node][] {
  const declarations = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
  return declarations.flatMap((declaration) => {
    const { name } = declaration as ts.NamedDeclaration;
    return name ? [[name.getText(), declaration]] : [];
  });
}

function isType(declaration: ts.Node): boolean {
  return ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration);
}

/** A declaration's own examples, then those of its members. */
function examplesAt(name: string, declaration: ts.Node): Example[] {
  const own = ts
    .getJSDocTags(declaration)
    .filter(({ tagName }) => tagName.text === "example")
    .map(({ comment }) => ({ name, code: codeOf(name, ts.getTextOfJSDocComment(comment) ?? "") }));
  const hasMembers = ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration);
  const members = hasMembers ? [...declaration.members] : [];
  return [...own, ...members.flatMap((member) => examplesAt(`${name}.${member.name?.getText()}`, member))];
}

function codeOf(name: string, comment: string): string {
  const fenced = /^```ts\n(.*)\n```$/s.exec(comment.trim());
  if (!fenced) throw new Error(`The example of ${name} is not one block of ts.`);
  return fenced[1];
}
