import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { installProgram } from "../../plugins/install";
import { cacheRoot } from "../../setup/cache";
import { languagePrograms } from "../../setup/languages";

/** A language that a program, or a plugin, may be written in. */
export type Language = "nodejs" | "yaml" | "python";

/** What an engine needs beside its own environment to run programs of a language. */
export interface LanguageSupport {
  /** Language hosts, as `plugins.languages` of the project settings wants them. */
  hosts: { name: string; path: string }[];
  environment: Record<string, string>;
}

/**
 * Makes ready what a program in a language needs, and what a plugin needs that is a folder of TypeScript or JavaScript.
 *
 * @param packages folder for the SDKs that are generated for the program, where the language has any
 */
export async function languageSupport(language: Language, packages: string): Promise<LanguageSupport> {
  const node = await nodeHost();
  switch (language) {
    case "nodejs":
      return { hosts: [node], environment: {} };
    case "yaml":
      return { hosts: [node, { name: "yaml", path: await yamlFolder() }], environment: {} };
    case "python":
      return { hosts: [node, await host("python")], environment: await pythonEnvironment(packages) };
  }
}

/** The stand-in for the Node language host: its folder. */
export function nodeHost(): Promise<{ name: string; path: string }> {
  return host("nodejs");
}

async function host(name: "nodejs" | "python"): Promise<{ name: string; path: string }> {
  const entry = join(__dirname, `${name}.ts`);
  return { name, path: await installProgram(entry, cacheRoot(), name, `pulumi-language-${name}`) };
}

/** A folder with the YAML host alone, by the name that the engine looks for. */
async function yamlFolder(): Promise<string> {
  const program = await languagePrograms().yamlHost();
  const folder = join(cacheRoot(), "language-yaml");
  const link = join(folder, "pulumi-language-yaml");
  mkdirSync(folder, { recursive: true });
  const draft = `${link}.${process.pid}`;
  rmSync(draft, { force: true });
  symlinkSync(program, draft);
  renameSync(draft, link);
  return folder;
}

async function pythonEnvironment(packages: string): Promise<Record<string, string>> {
  const programs = languagePrograms();
  const [python, sdk] = await Promise.all([programs.python(), programs.pythonSdk()]);
  if (!existsSync(packages)) mkdirSync(packages, { recursive: true });
  return {
    LAB_PYTHON: python,
    LAB_PYTHON_SDK: sdk,
    LAB_PYTHON_PACKAGES: packages,
    LAB_PYTHON_EXEC: join(__dirname, "exec.py"),
  };
}
