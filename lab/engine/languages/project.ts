import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { runCommand } from "../../setup/command";
import { engineEnvironment, projectFolders, projectPlugins } from "../environment";
import { perform } from "../session";
import type { EngineStackOptions } from "../types";
import { engineStack, type EngineStack } from "../workspace";
import { languageSupport, type Language, type LanguageSupport } from ".";

/** A Pulumi project that the engine runs as its CLI does for a user, by a language host. */
export interface ProjectOptions extends Pick<
  EngineStackOptions,
  "lab" | "binaries" | "project" | "stack" | "log"
> {
  language: Language;
  /** The project's folder. */
  folder: string;
}

/** A project of which a copy is run, and which gets a package by `pulumi package add`. */
export interface LanguageProjectOptions extends ProjectOptions {
  /** The folder of the package. */
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

/**
 * Opens the stack of a project that stays where it is, and makes it where there is none yet. The project's Pulumi.yaml gets the lab's
 * settings; what its Pulumi.<stack>.yaml says is the stack's configuration.
 */
export async function openProject(options: ProjectOptions): Promise<EngineStack> {
  return opened(await engineIn(options.folder, options), options);
}

/** Copies the project, adds the package to it by the CLI, and opens its stack. */
export async function openLanguageProject(options: LanguageProjectOptions): Promise<LanguageProject> {
  const { work: folder } = projectFolders(options);
  cpSync(options.folder, folder, {
    recursive: true,
    filter: (path) => !["sdks", "venv", "__pycache__"].includes(basename(path)),
  });
  for (const [file, text] of Object.entries(options.files ?? {})) {
    writeFileSync(join(folder, file), text);
  }
  const engine = await engineIn(folder, options);
  // To add a package the engine looks for language hosts on PATH only.
  const PATH = [...engine.hosts.map(({ path }) => path), engine.envVars.PATH].join(delimiter);
  const add = ["package", "add", options.packageFolder];
  const added = await runCli(options, add, folder, { ...engine.envVars, PATH });
  const project = await opened(engine, options);
  await setConfig(project.stack, options.config ?? {});
  return { ...project, folder, added };
}

/** What the engine runs with in a project's folder. */
interface ProjectEngine {
  folder: string;
  home: string;
  hosts: LanguageSupport["hosts"];
  envVars: Record<string, string>;
}

async function engineIn(folder: string, options: ProjectOptions): Promise<ProjectEngine> {
  const folders = projectFolders(options);
  const support = await languageSupport(options.language, join(folders.work, "..", "packages"));
  await addSettings(join(folder, "Pulumi.yaml"), folders.state, support.hosts);
  const envVars = engineEnvironment({ ...options, environment: support.environment }, folders);
  return { folder, home: folders.home, hosts: support.hosts, envVars };
}

async function opened(
  { folder, home, envVars }: ProjectEngine,
  { binaries, stack: stackName = "lab", log }: ProjectOptions,
): Promise<EngineStack> {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName, workDir: folder },
    {
      pulumiCommand: await PulumiCommand.get({ root: binaries.pulumiRoot, skipVersionCheck: true }),
      pulumiHome: home,
      envVars,
    },
  );
  return engineStack(stack, (kind) => perform(stack, kind, undefined, log), log);
}

/** Runs the CLI as a user does. Resolves to what it printed. */
async function runCli(
  { binaries }: ProjectOptions,
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

/** The lab's plugins, and where state is; without packages, which are added as a user does it. */
async function addSettings(file: string, state: string, languages: LanguageSupport["hosts"]): Promise<void> {
  const { packages: _, ...project } = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const providers = await projectPlugins();
  const settings = {
    ...project,
    backend: { url: `file://${state}` },
    plugins: { languages, ...(providers.length > 0 && { providers }) },
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
