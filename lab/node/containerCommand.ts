import * as fs from "node:fs";
import * as path from "node:path";
import type { NodeContext } from "./environment";
import type { Image } from "./images";
import type { Container, Pod } from "./objects";
import { PathTranslation } from "./paths";
import { type Command, findExecutable } from "./processes";
import { ADDRESS } from "./status";
import { ConfigError, describedVariables, expand, type ReadData } from "./variables";
import { mountedPath } from "./volumes";

/** A container's command cannot be started: what containerd would say. */
export class StartError extends Error {}

/** A container, ready to run commands. */
export interface ContainerBox {
  env: Record<string, string>;
  cwd: string;
  /** Where its last words are read. */
  terminationMessage: string;
  /** Its own command. */
  command: string[];
  paths: PathTranslation;
}

const DEFAULT_TERMINATION_PATH = "/dev/termination-log";

/** Makes the folders of one run of a container, and works out its environment and command. */
export async function makeBox(
  context: NodeContext,
  pod: Pod,
  container: Container,
  image: Image,
  places: { folder: string; volume: (name: string) => string },
  read: ReadData,
): Promise<ContainerBox> {
  const described = await describedVariables(pod, container, read, ADDRESS);
  const { folder } = places;
  for (const part of ["home", "work"]) {
    fs.mkdirSync(path.join(folder, part), { recursive: true, mode: 0o700 });
  }
  for (const file of ["termination-log", "aws-config"]) {
    fs.writeFileSync(path.join(folder, file), "", { mode: 0o600 });
  }
  const paths = pathsOf(container, places);
  const translated = Object.entries(described).map(([name, value]) => [name, paths.translate(value)]);
  // In this order: what a pod says goes before what the machine needs.
  const env: Record<string, string> = {
    PATH: context.searchPath,
    HOME: path.join(folder, "home"),
    HOSTNAME: pod.metadata.name,
    AWS_CONFIG_FILE: path.join(folder, "aws-config"),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, "aws-config"),
    ...context.variables,
    ...(Object.fromEntries(translated) as Record<string, string>),
  };
  const texts = (list: string[] = []) => list.map((text) => paths.translate(expand(text, described)));
  const entrypoint = container.command ? texts(container.command) : image.entrypoint;
  const cwd = container.workingDir ? paths.translate(container.workingDir) : path.join(folder, "work");
  return {
    env,
    cwd: path.isAbsolute(cwd) && fs.existsSync(cwd) ? cwd : path.join(folder, "work"),
    terminationMessage: paths.translate(container.terminationMessagePath ?? DEFAULT_TERMINATION_PATH),
    command: [...entrypoint, ...texts(container.args)],
    paths,
  };
}

function pathsOf(
  container: Container,
  { folder, volume }: { folder: string; volume: (name: string) => string },
): PathTranslation {
  const paths = new PathTranslation();
  const { workingDir } = container;
  if (workingDir && path.posix.normalize(workingDir) !== "/") {
    paths.add(workingDir, path.join(folder, "work"));
  }
  paths.add(
    container.terminationMessagePath ?? DEFAULT_TERMINATION_PATH,
    path.join(folder, "termination-log"),
  );
  for (const { name, mountPath, subPath, subPathExpr } of container.volumeMounts ?? []) {
    if (subPathExpr) throw new ConfigError("the lab's node knows no subPathExpr");
    try {
      paths.add(mountPath, mountedPath(volume(name), subPath));
    } catch (error) {
      throw new ConfigError((error as Error).message);
    }
  }
  return paths;
}

/** A command line in a container; throws a `StartError` where there is no such program. */
export function commandIn({ env, cwd }: ContainerBox, [name, ...args]: string[]): Command {
  if (!name) throw new StartError("no command specified");
  const file = findExecutable(name, env.PATH ?? "", cwd);
  if (!file) {
    const where = name.includes("/")
      ? `stat ${name}: no such file or directory`
      : "executable file not found in $PATH";
    throw new StartError(`exec: ${JSON.stringify(name)}: ${where}`);
  }
  return { file, args, env, cwd };
}
