/** Names in the lab, each with the one that a README has for it; no two have the same. */
export type Names = Record<string, string>;

/** What the engine appends to the names that it makes up, as the READMEs have it. */
const MADE_UP = "1a2b3c4";

/**
 * A preview's text as a README shows it: without what differs from run to run, and with the README's names.
 *
 * What the engine prints of each resource while it works comes first, once, in the order of the names, since resources that do not
 * wait for each other come in any order; `warning: …` behind it is told again under `Diagnostics`.
 */
export function shownPreview(text: string, names: Names): string {
  const lines = inReadme(text, names)
    .replaceAll(/(?<=\w-)[0-9a-f]{7}(?![0-9a-z])/g, MADE_UP)
    .replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, "https://EXAMPLE.eks.amazonaws.com")
    .split("\n")
    .map((line) => line.trimEnd());
  const [title = "", ...others] = lines;
  const end = others.findIndex((line) => /^(Diagnostics|Outputs|Resources|Policies):$/.test(line));
  if (!title.startsWith("Previewing ") || end < 0) {
    throw new Error(`this is no preview:\n${text}`);
  }
  const rest = others.slice(end).join("\n").trimEnd();
  return `${[title, "", ...stepLines(others.slice(0, end)), "", rest].join("\n")}\n`;
}

/** A text with the README's names for the lab's. */
export function inReadme(text: string, names: Names): string {
  return replaced(text, names);
}

/** A text with the lab's names for the README's. */
export function inLab(text: string, names: Names): string {
  return replaced(text, Object.fromEntries(Object.entries(names).map(([lab, readme]) => [readme, lab])));
}

/** The lines of steps, without how far they are and without what stays as it is. */
function stepLines(lines: string[]): string[] {
  const steps = lines.flatMap((line) => {
    const [, sign = "", type = "", name = "", told = ""] = /^(.{3}) (\S+:\S+) (\S+) (.*)$/.exec(line) ?? [];
    // What is read on the way is told behind the stack.
    const plan = told.replace(type === STACK ? / .*/ : /;? ?\b(warning|error): .*/, "");
    return plan === "" || plan === "running" ? [] : [{ type, name, plan, sign }];
  });
  steps.sort(
    (one, other) =>
      Number(other.type === STACK) - Number(one.type === STACK) ||
      compare(one.name, other.name) ||
      Number(isComponent(other)) - Number(isComponent(one)) ||
      compare(`${one.type} ${one.plan}`, `${other.type} ${other.plan}`),
  );
  return [...new Set(steps.map(({ sign, type, name, plan }) => `${sign} ${type} ${name} ${plan}`))];
}

const STACK = "pulumi:pulumi:Stack";

function isComponent({ type }: { type: string }): boolean {
  return type.includes(":index:");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function replaced(text: string, by: Names): string {
  // The longest first: a name may be the beginning of another.
  const keys = Object.keys(by).sort((one, other) => other.length - one.length);
  const pattern = keys.map((key) => key.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return pattern === "" ? text : text.replaceAll(new RegExp(pattern, "g"), (found) => by[found] ?? found);
}
