import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheRoot } from "../setup/cache";
import { installPlugins, type InstalledPlugin } from "../plugins/install";
import { RUN_MARKER } from "../supervisor/marker";
import { parse, stringify } from "yaml";
import { programSettings } from "./program";
import type { EngineStackOptions } from "./types";

/** Are the real plugins to be used, which the engine downloads for itself? */
export function usesRealPlugins(): boolean {
  return process.env.LAB_PLUGINS === "real";
}

/** Where one project of a run keeps its things. */
export interface ProjectFolders {
  work: string;
  state: string;
  /** Pulumi's own folder. Downloaded plugins are large and go there: with them it is kept from run to run. */
  home: string;
}

/** Makes the folders of a project. */
export function projectFolders({
  lab,
  project,
  stateDirectory,
}: Pick<EngineStackOptions, "lab" | "project"> & Partial<EngineStackOptions>): ProjectFolders {
  const base = join(lab.directory, "pulumi", project);
  const folders = {
    work: join(base, "work"),
    state: stateDirectory ?? join(base, "state"),
    home: usesRealPlugins() ? join(cacheRoot(), "pulumi-home") : join(lab.directory, "pulumi", "home"),
  };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  return folders;
}

/**
 * The environment of the engine and its plugins: the lab's AWS and nothing of the user's. Neither the ambient kubeconfig
 * nor the user's AWS profile can be reached from it.
 */
export function engineEnvironment(
  options: Pick<EngineStackOptions, "lab" | "binaries" | "environment">,
  folders: ProjectFolders,
): Record<string, string> {
  const { aws, directory, runId } = options.lab;
  const nowhere = join(directory, "pulumi", "none");
  return {
    ...withoutUsersOwn(),
    [RUN_MARKER]: runId,
    // The kubeconfigs of `fromClusterName` log in by `aws eks get-token`.
    PATH: [options.binaries.awsFolder, process.env.PATH].join(delimiter),
    PULUMI_CONFIG_PASSPHRASE: passphrase(directory),
    PULUMI_HOME: folders.home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_BACKEND_URL: `file://${folders.state}`,
    KUBECONFIG: nowhere,
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL: aws.endpointUrl,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    AWS_REGION: DEFAULT_REGION,
    ...options.environment,
  };
}

const DEFAULT_REGION = "us-east-1";

/**
 * What takes the user's settings for AWS and Pulumi out of the environment that a process inherits: an
 * AWS_ENDPOINT_URL_IAM, say, would win over the lab's AWS_ENDPOINT_URL. Spawning leaves out what is undefined.
 */
function withoutUsersOwn(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => /^(AWS|PULUMI)_/.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined])) as unknown as Record<string, string>;
}

/** One for each run, and never outside of the run's folder. */
function passphrase(directory: string): string {
  const file = join(directory, "pulumi", "passphrase");
  if (!existsSync(file)) {
    // Two stacks may be opened at once: who comes second takes the first one's.
    try {
      writeFileSync(file, randomBytes(24).toString("base64"), { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return readFileSync(file, "utf8");
}

// The same for every stack that this process opens.
let standIns: ReturnType<typeof installPlugins> | undefined;

/** Uses plugins that another process has made ready: to bundle them takes a second. */
export function usePlugins(plugins: InstalledPlugin[]): void {
  standIns = Promise.resolve(plugins);
}

/** The plugins that the project settings are to name. */
export async function projectPlugins(): Promise<InstalledPlugin[]> {
  return usesRealPlugins() ? [] : await (standIns ??= installPlugins(cacheRoot()));
}

/** Writes `Pulumi.yaml`, which names the plugins, and `Pulumi.<stack>.yaml`, whose salt is kept. */
export async function writeSettings(options: EngineStackOptions, folders: ProjectFolders): Promise<void> {
  const real = usesRealPlugins();
  const providers = await projectPlugins();
  const { program } = options;
  const project = {
    // What the program's own settings say of its configuration, types and defaults, holds here too.
    ...(typeof program === "string" && { config: programSettings(program).config }),
    name: options.project,
    runtime: "nodejs",
    backend: { url: `file://${folders.state}` },
    ...(providers.length > 0 && {
      plugins: { providers: providers.map(({ name, path }) => ({ name, path })) },
    }),
  };
  writeFileSync(join(folders.work, "Pulumi.yaml"), stringify(project));
  const file = join(folders.work, `Pulumi.${options.stack ?? "lab"}.yaml`);
  const before = existsSync(file)
    ? (parse(readFileSync(file, "utf8")) as Record<string, unknown> | null)
    : null;
  const config = {
    ...(real ? REAL_PLUGIN_CONFIG : {}),
    "aws:region": DEFAULT_REGION,
    ...namespaced(options),
  };
  writeFileSync(file, stringify({ ...before, config }));
}

/** What the real AWS plugin needs to be told to work with an account that is not Amazon's. */
const REAL_PLUGIN_CONFIG = {
  "aws:skipCredentialsValidation": "true",
  "aws:skipMetadataApiCheck": "true",
  "aws:s3UsePathStyle": "true",
};

function namespaced({ project, config = {} }: EngineStackOptions): Record<string, unknown> {
  const keys = Object.entries(config);
  return Object.fromEntries(
    keys.map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
  );
}
