import type { Consumer, ConsumerLine } from "./consumers";

const CONSUMERS: Consumer[] = ["TypeScript strict", "ESM", "JavaScript", "YAML", "Python", "Construct"];

/** The table of consumers at the end of `npm test`, from the lines that `consumer()` has written. */
export function consumerTable(lines: string): string {
  const last = new Map<string, ConsumerLine>();
  for (const text of lines.split("\n").filter(Boolean)) {
    const line = JSON.parse(text) as ConsumerLine;
    last.set(`${line.consumer} ${line.suite}`, line);
  }
  const rows = CONSUMERS.map((consumer) => {
    const own = [...last.values()].filter((line) => line.consumer === consumer);
    return `  ${consumer.padEnd(17)}  ${together(own.map(({ outcome }) => outcome))}`;
  });
  return ["consumers of the package", ...rows].join("\n");
}

function together(outcomes: ConsumerLine["outcome"][]): string {
  if (outcomes.some((outcome) => outcome === "failed" || outcome === "begun")) return "failed";
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === "passed") ? "passed" : "not run";
}
