/** What came of one case. */
export type Outcome =
  | { kind: "fine"; label: string }
  | { kind: "wrong"; message: string; /** The same for what is probably the same fault. */ fault: string };

export function fine(label: string): Outcome {
  return { kind: "fine", label };
}

export function wrong(message: string, fault = message): Outcome {
  return { kind: "wrong", message, fault };
}

/** Something was thrown that should not have been: what, and from where. */
export function crashed(what: string, error: unknown): Outcome {
  const text = error instanceof Error ? `${error.name}: ${error.message.slice(0, 300)}` : String(error);
  const frames = error instanceof Error ? framesOf(error.stack ?? "") : [];
  return wrong(`${what} threw ${text}\n${frames.join("\n")}`, `${what} ${frames[0] ?? text}`);
}

/** The lines of a stack that are the package's own. */
function framesOf(stack: string): string[] {
  return stack
    .split("\n")
    .filter((line) => /[/\\](components|trust)[/\\]\w+\.ts/.test(line))
    .slice(0, 4)
    .map((line) =>
      line.replace(/^\s*at /, "    at ").replace(/\(?(?:file:\/\/)?\S*[/\\](components|trust)[/\\]/, "($1/"),
    );
}
