// Highlights WGSL with a handful of token classes.

export type TokenKind = "comment" | "attribute" | "keyword" | "type" | "number" | "plain";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const kinds = ["comment", "attribute", "keyword", "type", "number"] as const;
const pattern = new RegExp(
  [
    /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)/,
    /(@\w+|#include \S+)/,
    /\b(fn|var|let|const|struct|return|if|else|for|while|loop|break|continue|switch|case|default|enable|true|false|override|alias)\b/,
    /\b(u32|i32|f32|f16|bool|vec[234][fuih]?|mat[234]x[234][fh]?|array|ptr|atomic|storage|uniform|workgroup|read|read_write|function|private)\b/,
    /\b(0x[\da-fA-F]+u?|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?[ufih]?|\.\d+f?)\b/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/** Splits a text into tokens, which together are the whole text. */
export function highlight(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: "plain", text: text.slice(end, match.index) });
    const group = match.slice(1).findIndex((part) => part !== undefined);
    tokens.push({ kind: kinds[group], text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) tokens.push({ kind: "plain", text: text.slice(end) });
  return tokens;
}
