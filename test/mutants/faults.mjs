// The faults that `npm run test:mutants` plants, one at a time: in a shader's text by rules about
// tokens, in the code that makes launches by rules about the syntax tree.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { globSync } from "tinyglobby";
import ts from "typescript";

/**
 * @typedef {object} Fault
 * @property {string} file relative to the repository's root
 * @property {string} family the shader's folder, or the file of the launches
 * @property {string} kind
 * @property {number} start of the replaced text
 * @property {number} end
 * @property {string} text the replacement
 */

/**
 * The files that faults are planted in, by their paths.
 *
 * @param {string} root of the repository
 * @returns {ReadonlyMap<string, string>}
 */
export function readSources(root) {
  const files = globSync(["shaders/**/*.wgsl", "src/kernels/**/*.ts"], { cwd: root }).sort();
  return new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
}

/**
 * @param {ReadonlyMap<string, string>} sources
 * @returns {Fault[]}
 */
export function allFaults(sources) {
  const files = [...sources];
  const shaders = files.filter(([file]) => file.endsWith(".wgsl"));
  const scripts = files.filter(([file]) => file.endsWith(".ts"));
  return [...shaders.flatMap(([file, source]) => shaderFaults(file, source)), ...launchFaults(new Map(scripts))];
}

/**
 * @type {[kind: string, pattern: RegExp, replacement: (match: RegExpExecArray) => string | null][]}
 */
const shaderRules = [
  ["off by one", /(?<![\w.])(\d+)(u?)(?![\w.])/g, ([, number, suffix]) => `${Number(number) + 1}${suffix}`],
  ["constant", /(?<![\w.])\d+\.\d+(?:e-?\d+)?/g, ([number]) => (Number(number) === 0 ? "1.0" : `(1.25 * ${number})`)],
  ["sign", / ([+-]) /g, ([, sign]) => (sign === "+" ? " - " : " + ")],
  ["sign", / ([+-])= /g, ([, sign]) => (sign === "+" ? " -= " : " += ")],
  ["operator", / ([*/%]) /g, ([, operator]) => ({ "*": " + ", "/": " * ", "%": " / " })[operator] ?? null],
  ["comparison", / (<=?|>=?) /g, ([, operator]) => (operator.endsWith("=") ? ` ${operator[0]} ` : ` ${operator}= `)],
  ["comparison", / (==|!=) /g, ([, operator]) => (operator === "==" ? " != " : " == ")],
  ["logic", / (&&|\|\|) /g, ([, operator]) => (operator === "&&" ? " || " : " && ")],
  ["min for max", /\b(min|max)\(/g, ([, name]) => (name === "min" ? "max(" : "min(")],
  ["min for max", /\batomic(Min|Max)\(/g, ([, name]) => (name === "Min" ? "atomicMax(" : "atomicMin(")],
  ["swapped axis", /\.([xyz])\b(?!\w)/g, ([, axis]) => (axis === "x" ? ".y" : ".x")],
  ["swapped axis", /\.(\w*)(Height|Width)\b/g, ([, name, side]) => `.${name}${side === "Width" ? "Height" : "Width"}`],
  ["swapped axis", /\.(height|width)\b/g, ([, side]) => (side === "width" ? ".height" : ".width")],
  ["missing barrier", /workgroupBarrier\(\);/g, () => ""],
  ["condition", /(?<=\bif \().*(?=\) \{$)/gm, () => "true"],
  ["condition", /(?<=\bif \().*(?=\) \{$)/gm, () => "false"],
  ["swapped choice", /\bselect\(/g, (match) => swapArguments(match)],
  ["dropped statement", /^ +(?!return|let |var |const )[\w.[\]&]+.*;$/gm, () => ""],
];

/**
 * @param {RegExpExecArray} match of a call's name; its `index` and `input` locate the whole call
 */
function swapArguments({ index, input, 0: name }) {
  const parts = argumentsOf(input, index + name.length);
  return parts && parts.length === 3 ? `select(${parts[1].trim()}, ${parts[0].trim()},${parts[2]})` : null;
}

/** @param {string} text @param {number} start behind the opening bracket */
function argumentsOf(text, start) {
  const parts = [];
  let depth = 0;
  let from = start;
  for (let i = start; i < text.length; i++) {
    if ("([{".includes(text[i])) depth++;
    if (")]}".includes(text[i])) depth--;
    if (depth < 0) return [...parts, text.slice(from, i)];
    if (text[i] === "," && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return null;
}

/**
 * @param {string} file
 * @param {string} source
 * @returns {Fault[]}
 */
export function shaderFaults(file, source) {
  const family = file.replace(/^shaders\/|\/[^/]*$/g, "");
  // Comments, declarations and attributes are blanked, so that all positions stay the same.
  const code = source
    .replace(/\/\/.*/g, blank)
    .replace(/^(?:struct \w+ \{[^}]*\}|enable .*|alias .*|#include .*)/gm, blank)
    .replace(/^(?:@group|var<).*/gm, blank)
    .replace(/@\w+(?:\([^)]*\))?/g, blank)
    .replace(/(?<=: |-> |\()(?:array|vec\d)<[\w<>, ]+>/g, blank);
  const faults = [];
  for (const [kind, pattern, replacement] of shaderRules) {
    for (const match of code.matchAll(pattern)) {
      const text = replacement(match);
      if (text === null) continue;
      let end = match.index + match[0].length;
      if (kind === "swapped choice") {
        const length = /** @type {string[]} */ (argumentsOf(code, end)).join(",").length;
        end += length + 1;
      }
      faults.push({ file, family, kind, start: match.index, end, text });
    }
  }
  return faults;
}

/** @param {string} text */
function blank(text) {
  return text.replace(/[^\n]/g, " ");
}

/** Makes only labels: launches do not depend on it. */
const shown = "describe";

/**
 * Parts of a declaration other than its launches: its twin, and information for people and for the
 * size of submits.
 */
const untouched = new Set([
  ...["name", "infer", "backward", "reference", "referenceInputs", "cost", "trials", "draw", "derive"],
  ...["of", "slope", "derivative", "label", "flops", "work"],
]);

/** @type {Record<string, string>} */
const operators = {
  "+": "-",
  "-": "+",
  "*": "+",
  "/": "*",
  "%": "*",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
};
const functions = /** @type {Record<string, string>} */ ({ min: "max", max: "min", ceil: "floor", floor: "ceil" });

/**
 * The faults of all launches: of every `forward`, and of the functions that it calls, anywhere in
 * `sources`.
 *
 * @param {ReadonlyMap<string, string>} sources by file
 * @returns {Fault[]}
 */
export function launchFaults(sources) {
  /** By file and name. @type {Map<string, ts.Node>} */
  const declared = new Map();
  /** The same for imported names. @type {Map<string, string>} */
  const imported = new Map();
  /** @type {Set<ts.Node>} */
  const reached = new Set();
  for (const [file, source] of sources) {
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
    for (const statement of tree.statements) {
      if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
        const from = join(dirname(file), statement.moduleSpecifier.text);
        const names = statement.importClause?.namedBindings;
        for (const { name, propertyName = name } of names && ts.isNamedImports(names) ? names.elements : [])
          imported.set(`${file} ${name.text}`, `${from} ${propertyName.text}`);
      }
      const nodes = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
      for (const node of nodes) {
        if (!ts.isVariableDeclaration(node) && !ts.isFunctionDeclaration(node)) continue;
        if (node.name && ts.isIdentifier(node.name)) declared.set(`${file} ${node.name.text}`, node);
      }
    }
    visit(tree, (node) => {
      if ("name" in node && isNamed(node, "forward")) reached.add(node);
    });
  }
  for (const node of reached) {
    const file = node.getSourceFile().fileName;
    visit(node, (child) => {
      if (!ts.isIdentifier(child) || child.text === shown) return;
      if (ts.isPropertyAccessExpression(child.parent) && child.parent.name === child) return;
      const key = `${file} ${child.text}`;
      const target = declared.get(imported.get(key) ?? key);
      // Only an operation's `forward` makes launches, and it has been visited already.
      if (target && !/\bdeclare\b/.test(target.getText())) reached.add(target);
    });
  }
  /** @type {Map<string, Fault>} */
  const faults = new Map();
  for (const node of reached) {
    const file = node.getSourceFile().fileName;
    const family = `launches of ${file.replace(/^src\/kernels\/|\.ts$/g, "")}`;
    /** @param {string} kind @param {ts.Node} at @param {string} text */
    const add = (kind, at, text) => {
      const [start, end] = [at.getStart(), at.getEnd()];
      faults.set([file, start, end, text].join(), { file, family, kind, start, end, text });
    };
    visit(node, (child) => {
      // Superfluous lanes have nothing to do, like those of any tail, so no result can show this
      // fault.
      const lavish = ts.isNumericLiteral(child) ? child.text === "1" : child.getText().includes("/");
      if (lavish && isInWorkgroups(child)) return;
      if (isFilling(child)) return;
      if (ts.isNumericLiteral(child)) add("off by one", child, String(Number(child.text) + 1));
      if (ts.isBinaryExpression(child)) {
        const { operatorToken } = child;
        const other = operators[operatorToken.getText()];
        if (other) add("operator", operatorToken, other);
      }
      if (ts.isPropertyAccessExpression(child) && child.expression.getText() === "Math") {
        const other = functions[child.name.text];
        if (other) add("min for max", child.name, other);
      }
      if (ts.isConditionalExpression(child)) {
        add("condition", child.condition, "true");
        add("condition", child.condition, "false");
      }
      if (ts.isIfStatement(child) && !ts.isThrowStatement(child.thenStatement))
        add("condition", child.expression, "false");
      if (child.kind === ts.SyntaxKind.TrueKeyword) add("constant", child, "false");
      if (child.kind === ts.SyntaxKind.FalseKeyword) add("constant", child, "true");
      if (ts.isReturnStatement(child) && child.expression?.getText() === "launches") {
        add("dropped band", child.expression, "launches.slice(1)");
        add("dropped band", child.expression, "launches.slice(0, -1)");
      }
      if (ts.isCallExpression(child) && /\b(?:runsOf|bandsOf)\b/.test(child.expression.getText()))
        add("dropped band", child, `(${child.getText()}.slice(0, 1))`);
    });
  }
  return [...faults.values()];
}

/**
 * Whether a node is part of a launch's workgroups, but not of their count.
 *
 * @param {ts.Node} node
 */
function isInWorkgroups({ parent }) {
  const list = ts.isArrayLiteralExpression(parent) ? parent.parent : parent.parent?.parent;
  return list !== undefined && ts.isPropertyAssignment(list) && list.name.getText() === "workgroups";
}

/** A zero that pads a uniform, which no shader reads. @param {ts.Node} node */
function isFilling(node) {
  if (!ts.isNumericLiteral(node) || node.text !== "0" || !ts.isArrayLiteralExpression(node.parent)) return false;
  const array = ts.isSpreadElement(node.parent.parent) ? node.parent.parent.parent : node.parent;
  return ts.isNewExpression(array.parent) && array.parent.expression.getText() === "Uint32Array";
}

/** @param {ts.Node} node @param {string} name */
function isNamed(node, name) {
  const own = /** @type {ts.NamedDeclaration} */ (node).name;
  return own !== undefined && ts.isIdentifier(own) && own.text === name && !ts.isParameter(node);
}

/**
 * Calls `look` with every node except types, errors and excluded parts.
 *
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} look
 */
function visit(node, look) {
  if (ts.isTypeNode(node) || ts.isThrowStatement(node) || ts.isImportDeclaration(node)) return;
  if (ts.isTemplateExpression(node)) return;
  const part = ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node);
  const local = ts.isBindingElement(node) || ts.isVariableDeclaration(node);
  if ((part || local) && ts.isIdentifier(node.name)) {
    if (untouched.has(node.name.text)) return;
  }
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}
