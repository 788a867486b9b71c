import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Language } from "../../lab/engine/languages";
import {
  openLanguageProject,
  type ConfigValue,
  type LanguageProject,
  type LanguageProjectOptions,
} from "../../lab/engine/languages/project";
import { ROOT } from "../docs/page";
import type { Scope } from "../engine/lab";
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
    packageFolder: builtPackage(scope.lab.directory),
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

/** The package as npm would publish it, built once in the lab's folder; with this clone's node_modules beside it. */
export function builtPackage(directory: string): string {
  const folder = join(directory, "package");
  if (!existsSync(folder)) {
    mkdirSync(folder);
    const args = ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", join(folder, "dist")];
    execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), ...args]);
    for (const file of ["package.json", "PulumiPlugin.yaml"])
      copyFileSync(join(ROOT, file), join(folder, file));
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
