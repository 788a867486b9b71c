import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { ROOT } from "../support/root";

/** A text that stands in the sources, with `…` for whatever is only known while it runs. */
export interface Message {
  file: string;
  text: string;
}

/** Every text of a sentence's length in the sources of a folder. */
export function messagesIn(folder: string): Message[] {
  const files = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".ts"));
  return files.flatMap((name) => {
    const file = `${folder}/${name}`;
    const source = ts.createSourceFile(
      file,
      readFileSync(join(ROOT, file), "utf8"),
      ts.ScriptTarget.ES2022,
      true,
    );
    return textsIn(source).map((text) => ({ file, text }));
  });
}

function textsIn(node: ts.Node): string[] {
  const text = ts.isExpression(node) ? textOf(node) : undefined;
  if (text === undefined) {
    return childrenOf(node).flatMap(textsIn);
  }
  const parts = ts.isTemplateExpression(node) ? node.templateSpans.map(({ expression }) => expression) : [];
  const sentence = text.split(" ").length > 3 ? [text] : [];
  return [...sentence, ...parts.filter((part) => textOf(part) === undefined).flatMap(textsIn)];
}

/** A text put together of literals; undefined for what is none. */
function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(
      ({ expression, literal }) => (textOf(expression) ?? "…") + literal.text,
    );
    return node.head.text + spans.join("");
  }
  if (ts.isParenthesizedExpression(node)) {
    return textOf(node.expression);
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) {
    return undefined;
  }
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : (left ?? "…") + (right ?? "…");
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  return children;
}

/** Whether a text of a page is a part of a message: what stands between its `…` is there, in this order. */
export function isPartOf(quoted: string, { text }: Message): boolean {
  let from = 0;
  for (const piece of quoted.split("…").filter((one) => one.trim() !== "")) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}
