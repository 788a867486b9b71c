import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { runCommand } from "../../setup/command";
import { engineEnvironment, projectFolders, projectPlugins, type ProjectFolders } from "../environment";
import { perform } from "../session";
import type { EngineStackOptions } from "../types";
import { engineStack, type EngineStack } from "../workspace";
import { languageSupport, type Language, type LanguageSupport } from ".";

/** A Pulumi project that the engine runs as its CLI does for a user, by a language host. */
export interface LanguageProjectOptions extends Pick<
  EngineStackOptions,
  "lab" | "binaries" | "project" | "stack" | "log"
> {
  language: Language;
  /** The project's folder; a copy of it is run. */
  folder: string;
  /** The folder of the package that is added by `pulumi package add`. */
  packageFolder: string;
  /** Keys without a namespace are the project's own. */
  config?: Record<string, ConfigValue>;
  /** Writes the project's program anew, or adds files; by path in the folder. */
  files?: Record<string, string>;
}

/** Text, or text that the engine is to keep secret. */
export type ConfigValue = string | { secret: string };

/** What there is of a project once a package is added to it. */
export interface LanguageProject extends EngineStack {
  /** The copy. */
  folder: string;
  /** What `pulumi package add` printed. */
  added: string;
}

/** Copies the project, adds the package to it by the CLI, and opens its stack. */
export async function openLanguageProject(options: LanguageProjectOptions): Promise<LanguageProject> {
  const folders = projectFolders(options);
  cpSync(options.folder, folders.work, {
    recursive: true,
    filter: (path) => !["sdks", "venv", "__pycache__"].includes(basename(path)),
  });
  for (const [file, text] of Object.entries(options.files ?? {})) {
    writeFileSync(join(folders.work, file), text);
  }
  const support = await languageSupport(options.language, join(folders.work, "..", "packages"));
  await addSettings(folders, support);
  const { environment } = support;
  const envVars = engineEnvironment({ ...options, environment }, folders);
  const command = await PulumiCommand.get({ root: options.binaries.pulumiRoot, skipVersionCheck: true });
  // To add a package the engine looks for language hosts on PATH only.
  const PATH = [...support.hosts.map(({ path }) => path), envVars.PATH].join(delimiter);
  const add = ["package", "add", options.packageFolder];
  const added = await runCli(options, add, folders.work, { ...envVars, PATH });
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: options.stack ?? "lab", workDir: folders.work },
    { pulumiCommand: command, pulumiHome: folders.home, envVars },
  );
  await setConfig(stack, options.config ?? {});
  const run = (kind: "preview" | "up" | "refresh" | "destroy") =>
    perform(stack, kind, undefined, options.log);
  return {
    ...engineStack(stack, run, options.log),
    folder: folders.work,
    added,
  };
}

/** Runs the CLI as a user does. Resolves to what it printed. */
async function runCli(
  { binaries }: LanguageProjectOptions,
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<string> {
  const cli = join(binaries.pulumiRoot, "bin", "pulumi");
  const options = { cwd, env: { ...process.env, ...env } };
  const { exitCode, output } = await runCommand(cli, [...args, "--color", "never"], options);
  if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${output}`);
  return output;
}

/** The lab's plugins, and where state is; without the package, which is added as a user does it. */
async function addSettings(folders: ProjectFolders, { hosts }: LanguageSupport): Promise<void> {
  const file = join(folders.work, "Pulumi.yaml");
  const { packages: _, ...project } = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const providers = await projectPlugins();
  const settings = {
    ...project,
    backend: { url: `file://${folders.state}` },
    plugins: { languages: hosts, ...(providers.length > 0 && { providers }) },
  };
  writeFileSync(file, stringify(settings));
}

async function setConfig(stack: Stack, config: Record<string, ConfigValue>): Promise<void> {
  const values: Record<string, ConfigValue> = { "aws:region": "us-east-1", ...config };
  await stack.setAllConfig(
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        typeof value === "string" ? { value } : { value: value.secret, secret: true },
      ]),
    ),
  );
}
