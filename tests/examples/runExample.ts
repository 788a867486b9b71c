import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { EngineStack, EngineStackOptions, OperationResult } from "../../lab/engine/workspace";
import type { LabClusterName } from "../../lab/supervisor/client";
import { readPage } from "../docs/page";
import type { Scope } from "../engine/lab";
import { ROOT } from "../support/root";
import { inLab, shownPreview, type Names } from "./previewText";
import { assertShownBlock } from "./shownBlock";

/** The lab's clusters as READMEs call them. In a list a cluster has another name than its lab's: the engine aligns what it prints. */
const CLUSTERS: Record<LabClusterName, string> = {
  "virginia-blue": "prod-blue",
  "virginia-green": "prod-green",
  ireland: "prod-ireland",
};
/** The lab's account and those beside it, as READMEs call them. */
const ACCOUNTS = ["111122223333", "444455556666", "777788889999"];

/** How an example is run. */
export interface ExampleOptions extends Partial<Omit<EngineStackOptions, "program" | "project">> {
  /** The folder of the project. Default: the example's own. */
  folder?: string;
  /** Further names, in the lab and in the README. */
  names?: Names;
}

/** An example's stack `dev` in the lab. */
export interface Example extends EngineStack {
  /** The configuration that it runs with, with the lab's names. */
  config: Record<string, unknown>;
  /**
   * Asserts that README shows this preview, in the block after `<!-- preview -->`, or `<!-- preview <part> -->`. With
   * UPDATE_EXAMPLES=1 the block is written anew.
   */
  assertShown(preview: OperationResult, part?: string): void;
}

/**
 * Opens the stack of `examples/<topic>`. Its program is imported, and gets the configuration of README's first YAML block that has
 * one, with the lab's clusters, issuers and accounts for those that it names; or `config`, as it is.
 *
 * @param scope with `pods` where clusters are looked up by name: their issuers are the real ones.
 */
export async function openExample(
  scope: Scope,
  topic: string,
  { folder = join(ROOT, "examples", topic), names: more = {}, ...options }: ExampleOptions = {},
): Promise<Example> {
  const readme = join("examples", topic, "README.md");
  const names = { ...namesOf(scope), ...more };
  const { name: project } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name: string };
  const config = options.config ?? configIn(readme, names);
  const stack = await scope.open(folder, { stack: "dev", ...options, project, config });
  return {
    ...stack,
    config,
    assertShown: ({ text }, part) => {
      const marker = part === undefined ? "preview" : `preview ${part}`;
      assertShownBlock(readme, marker, shownPreview(text, names));
    },
  };
}

/** What is called otherwise in a README than in the lab. */
export function namesOf({ lab, clusters }: Pick<Scope, "lab" | "clusters">): Names {
  const accounts = [lab.aws, ...lab.aws.otherAccounts].slice(0, ACCOUNTS.length);
  const issuers = Object.values(clusters).map(({ issuerUrl }, index): [string, string] => [
    issuerUrl.slice(issuerUrl.lastIndexOf("/") + 1),
    `EXAMPLE${`${index + 1}`.padStart(25, "0")}`,
  ]);
  return {
    ...CLUSTERS,
    ...Object.fromEntries(accounts.map(({ accountId }, index) => [accountId, ACCOUNTS[index]])),
    ...Object.fromEntries(issuers),
  };
}

/** The stack's configuration that a README shows, without the project's name in its keys. */
function configIn(readme: string, names: Names): Record<string, unknown> {
  const texts = readPage(readme).blocks.filter(({ language }) => language === "yaml");
  const [config] = texts.flatMap(({ text }) => {
    const found = (parse(inLab(text, names)) as { config?: Record<string, unknown> }).config;
    return found ? [found] : [];
  });
  if (config === undefined) throw new Error(`${readme} has no YAML block with config`);
  return config;
}
