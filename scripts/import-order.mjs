// An ESLint rule: imports stand in one order, so that two changes that add one to the same file meet at its place, not at the end of the list,
// and nobody chooses. Node's modules come first, then packages, then our files from the outermost folder inwards; each by name.

/**
 * Where a module belongs, as text that sorts: its group, and for our files how many folders up, the most first.
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
    /** @param {import("estree").ImportDeclaration[]} imports one after the other, each of which binds names */
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
        // A comment belongs to one of them, and only a person knows which.
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
          // What is imported for its effects, such as a style sheet, stays where it is.
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
