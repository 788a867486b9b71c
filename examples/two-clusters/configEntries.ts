import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../../index";

/** A map of the stack's configuration, whose values nobody has looked at yet. */
export type Entry = Record<string, unknown>;

/** A list of maps, each of which has no other keys than the known ones. */
export function entries(config: pulumi.Config, key: string, known: string[], problems: Problem[]): Entry[] {
  const value: unknown = readObject(config, key, "a list", problems) ?? [];
  if (!Array.isArray(value)) {
    problems.push({ propertyPath: key, reason: "is not a list" });
    return [];
  }
  return value.map((entry: unknown, index) => {
    const path = `${key}[${index}]`;
    if (!isEntry(entry)) {
      problems.push({ propertyPath: path, reason: `is not a map: write ${known.join(", ")}` });
      return {};
    }
    refuseStrangers(entry, known, path, problems);
    return entry;
  });
}

/** A map with known keys, whose values the component checks; undefined where there is none. */
export function readMap(
  config: pulumi.Config,
  key: string,
  known: string[],
  problems: Problem[],
): Entry | undefined {
  const value = readObject(config, key, "a map", problems);
  if (value === undefined) return undefined;
  if (!isEntry(value)) {
    problems.push({ propertyPath: key, reason: `is not a map: write ${known.join(", ")}` });
    return undefined;
  }
  refuseStrangers(value, known, key, problems);
  return value;
}

/** Keys that nobody knows are faults: they would change nothing. */
export function refuseStrangers(entry: Entry, known: string[], path: string, problems: Problem[]): void {
  for (const strange of Object.keys(entry).filter((name) => !known.includes(name))) {
    problems.push({
      propertyPath: `${path}.${strange}`,
      reason: `is unknown: there are ${known.join(", ")}`,
    });
  }
}

/** What the configuration has under a key, which is to be of a shape that text is not. */
export function readObject(config: pulumi.Config, key: string, shape: string, problems: Problem[]): unknown {
  try {
    return config.getObject(key);
  } catch {
    problems.push({ propertyPath: key, reason: `is text: write it as ${shape} in Pulumi.<stack>.yaml` });
    return undefined;
  }
}

/** A text of a map; undefined where there is none, or something else. */
export function readText(entry: Entry, key: string, path: string, problems: Problem[]): string | undefined {
  const value = entry[key];
  if (value === undefined || typeof value === "string") {
    return value;
  }
  problems.push({ propertyPath: `${path}.${key}`, reason: `is not text: ${JSON.stringify(value)}` });
  return undefined;
}

/** A list of texts, likewise. */
export function readTexts(
  entry: Entry,
  key: string,
  path: string,
  problems: Problem[],
): string[] | undefined {
  const value = entry[key];
  if (value === undefined) {
    return undefined;
  }
  if (Array.isArray(value) && value.every((one): one is string => typeof one === "string")) {
    return value;
  }
  problems.push({
    propertyPath: `${path}.${key}`,
    reason: `is not a list of texts: ${JSON.stringify(value)}`,
  });
  return undefined;
}

/** Is it a map? */
export function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
