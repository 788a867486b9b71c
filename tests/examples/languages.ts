import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Language } from "../../lab/engine/languages";
import {
  openLanguageProject,
  type ConfigValue,
  type LanguageProject,
  type LanguageProjectOptions,
} from "../../lab/engine/languages/project";
import type { Scope } from "../engine/lab";
import { ROOT } from "../support/root";
import { tarball } from "../surface/tarball";
import { shownPreview } from "./previewText";
import { namesOf } from "./runExample";
import { assertShownBlock } from "./shownBlock";

/** An example in another language than TypeScript, opened as stack `dev` in the lab. */
export interface LanguageExample extends LanguageProject {
  /** Asserts that README shows this preview. */
  assertShown(preview: { text: string }): void;
}

/** Opens `examples/<language>` for the clusters virginia-blue, which it calls east, and ireland, its west. */
export async function openLanguageExample(
  scope: Scope,
  language: Language,
  more: Partial<LanguageProjectOptions> = {},
): Promise<LanguageExample> {
  const project = await openLanguageProject({
    lab: scope.lab,
    binaries: scope.lab.binaries,
    project: scope.project,
    stack: "dev",
    language,
    folder: join(ROOT, "examples", language),
    packageFolder: await installPackage(scope.lab.directory),
    ...more,
    config: { ...configOf(scope), ...more.config },
  });
  const names = { ...namesOf(scope), [scope.namespace]: "default" };
  return {
    ...project,
    assertShown: ({ text }) => {
      assertShownBlock(join("examples", language, "README.md"), "preview", shownPreview(text, names));
    },
  };
}

/** The configuration that both examples ask for. */
export function configOf({ namespace, clusters }: Scope): Record<string, ConfigValue> {
  const { "virginia-blue": east, ireland: west } = clusters;
  return {
    namespace,
    eastIssuer: east.issuerUrl,
    westIssuer: west.issuerUrl,
    eastKubeconfig: { secret: east.kubeconfig },
    westKubeconfig: { secret: west.kubeconfig },
  };
}

/** Where the package is that a lab's programs use. */
export const packageIn = (directory: string) => join(directory, "package");

/**
 * Puts the package as npm publishes it there, with this clone's node_modules in it. Where the tarball is unpacked it would find them too,
 * above it, but no user has it below them.
 */
export async function installPackage(directory: string): Promise<string> {
  const published = await tarball();
  const folder = packageIn(directory);
  if (!existsSync(folder)) {
    cpSync(published.folder, folder, { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  }
  return folder;
}

/** All that is in the project's folder, and in its state as it lies on disk. */
export function filesOf({ folder }: LanguageProject): string {
  const folders = [folder, join(folder, "..", "state")];
  return folders
    .flatMap((root) => readdirSync(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"))
    .join("\n");
}
