// An ESLint rule that fixes the order of imports. Two changes that add the same import to a file
// then add it in the same place instead of at the end of the list, and nobody has to choose. Node's
// modules come first, then packages, then our files from the outermost folder inwards, each group
// by name.

/**
 * A module's sort key: its group and, for our files, the number of folders up, the most first.
 *
 * @param {string} source
 */
function placeOf(source) {
  if (source.startsWith("node:")) return `0 ${source}`;
  if (!source.startsWith(".")) return `1 ${source}`;
  const ups = source.split("../").length - 1;
  return `2 ${String(99 - ups).padStart(2, "0")} ${source}`;
}

/** @type {import("eslint").Rule.RuleModule} */
export const importOrder = {
  meta: { type: "layout", fixable: "code", messages: { order: '"{{source}}" belongs before "{{before}}".' } },
  create(context) {
    const { sourceCode } = context;
    /**
     * @param {import("estree").ImportDeclaration[]} imports consecutive imports, each of which
     * binds names
     */
    function check(imports) {
      const place = (/** @type {import("estree").ImportDeclaration} */ node) => placeOf(String(node.source.value));
      const late = imports.findIndex((node, i) => i > 0 && place(node) < place(imports[i - 1]));
      if (late < 0) return;
      const sorted = imports.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
      const start = sourceCode.getRange(imports[0])[0];
      const end = sourceCode.getRange(imports[imports.length - 1])[1];
      const before = sorted[sorted.indexOf(imports[late]) + 1].source.value;
      context.report({
        node: imports[late],
        messageId: "order",
        data: { source: String(imports[late].source.value), before: String(before) },
        // A comment belongs to one of the imports, and only a person knows which, so there is no
        // fix then.
        fix: sourceCode.getAllComments().some((comment) => {
          const at = sourceCode.getRange(comment)[0];
          return at > start && at < end;
        })
          ? null
          : (fixer) => fixer.replaceTextRange([start, end], sorted.map((node) => sourceCode.getText(node)).join("\n")),
      });
    }
    return {
      Program({ body }) {
        /** @type {import("estree").ImportDeclaration[]} */
        let run = [];
        for (const node of body) {
          // Imports for side effects, such as style sheets, stay where they are.
          if (node.type === "ImportDeclaration" && node.specifiers.length > 0) run.push(node);
          else {
            check(run);
            run = [];
          }
        }
        check(run);
      },
    };
  },
};
