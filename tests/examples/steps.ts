import { join } from "node:path";
import { parse } from "yaml";
import { readPage } from "../docs/page";
import type { Scope } from "../engine/lab";
import { inLab } from "./previewText";
import { namesOf } from "./runExample";

type Config = Record<string, unknown>;

/**
 * The configurations that an example's README goes through: each of its YAML blocks changes the one before it. They have the lab's
 * names.
 */
export function stepsIn(topic: string, scope: Scope): Config[] {
  const { blocks } = readPage(join("examples", topic, "README.md"));
  const names = namesOf(scope);
  return blocks
    .filter(({ language }) => language === "yaml")
    .map(({ text }) => (parse(inLab(text, names)) as { config?: Config }).config)
    .filter((config) => config !== undefined)
    .reduce<Config[]>((steps, config) => [...steps, { ...steps.at(-1), ...config }], []);
}
