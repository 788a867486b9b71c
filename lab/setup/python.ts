import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { SetupContext } from "./binaries";
import { tellWaiting } from "./binaries";
import { installedFile, type Installation, installOnce } from "./cache";
import { endOf, runCommand } from "./command";
import { formatDuration } from "./progress";

/** What a Python environment of the lab has. */
export interface PythonEnvironment {
  /** The package it is for, as people call it. */
  name: string;
  /** File that pins the package and all that it needs, with checksums. */
  requirements: string;
  /** How long it takes to make. */
  usually: string;
  /** A command that pods have on PATH, in a folder of its own: they must not find the environment's Python beside it. */
  command?: string;
}

const AWS_COMMAND = "aws";

/** The AWS account's, and the AWS CLI of the pods. */
export const moto: PythonEnvironment = {
  name: "moto",
  requirements: path.join(__dirname, "..", "aws", "requirements.txt"),
  usually: "20 s",
  command: AWS_COMMAND,
};

/** The second opinion on trust policies; only tests ask for it. */
export const miniStack: PythonEnvironment = {
  name: "MiniStack",
  requirements: path.join(__dirname, "..", "ministack", "requirements.txt"),
  usually: "15 s",
};

/** Both packages want this one or a newer. */
const OLDEST_MINOR = 10;

interface Python {
  command: string;
  /** `3.11` */
  version: string;
}

async function findPython(env: NodeJS.ProcessEnv): Promise<Python> {
  const seen: string[] = [];
  for (const command of ["python3", "python"]) {
    const script = "import sys; print('version %d.%d' % sys.version_info[:2])";
    const { exitCode, output } = await runCommand(command, ["-c", script], { env, timeout: 30_000 });
    const [, version = "", minor] = /version (3\.(\d+))/.exec(output) ?? [];
    if (exitCode === 0 && Number(minor) >= OLDEST_MINOR) {
      return { command, version };
    }
    if (version) {
      seen.push(`${command} is ${version}`);
    }
  }
  throw new Error(
    `The lab needs Python 3.${OLDEST_MINOR} or newer on PATH (${seen.join(", ") || "there is none"}). ` +
      "Install it from https://www.python.org/downloads or by your system's packages.",
  );
}

/** Path of the Python of an environment in the cache, which is made anew when its requirements change. */
export async function providePython(
  context: SetupContext,
  environment: PythonEnvironment = moto,
): Promise<string> {
  const python = await findPython(context.env);
  const installation = installationOf(environment, python, context);
  return installedFile(installation) ?? (await installOnce(installation));
}

/** The folder in moto's environment that has the `aws` command and nothing else. */
export function awsFolderOf(python: string): string {
  return path.join(path.dirname(python), "..", AWS_COMMAND);
}

function title(environment: PythonEnvironment): string {
  return `Python environment with ${environment.name}`;
}

function installationOf(environment: PythonEnvironment, python: Python, context: SetupContext): Installation {
  const { requirements, command = "" } = environment;
  const hash = crypto.createHash("sha256").update(fs.readFileSync(requirements)).update(python.version);
  hash.update(command);
  return {
    root: context.root,
    folder: `python-${hash.digest("hex").slice(0, 12)}`,
    file: "bin/python",
    onWait: (waiting) => {
      tellWaiting(context.progress, `the ${title(environment)}`, waiting);
    },
    build: (partial, final) => build(environment, python, { partial, final }, context),
  };
}

async function build(
  environment: PythonEnvironment,
  python: Python,
  { partial, final }: { partial: string; final: string },
  context: SetupContext,
): Promise<void> {
  const { requirements, usually, command } = environment;
  const started = Date.now();
  const done = context.progress.step(`making a ${title(environment)}`, { usually });
  try {
    await run(
      python.command,
      ["-m", "venv", partial],
      context,
      "Debian and Ubuntu have venv in python3-venv.",
    );
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"];
    const pinned = ["--require-hashes", "-r", requirements];
    await run(path.join(partial, "bin", "python"), [...pip, ...pinned], context);
  } finally {
    done();
  }
  useFinalPath(path.join(partial, "bin"), partial, final);
  if (command !== undefined) {
    fs.mkdirSync(path.join(partial, command));
    fs.symlinkSync(path.join("..", "bin", command), path.join(partial, command, command));
  }
  context.progress.line(`${title(environment)} made in ${formatDuration(Date.now() - started)}`);
}

async function run(command: string, args: string[], context: SetupContext, hint?: string): Promise<void> {
  const { exitCode, output } = await runCommand(command, args, { env: context.env });
  if (exitCode !== 0) {
    const help = hint ? `\n${hint}` : "";
    throw new Error(
      `${path.basename(command)} ${args.slice(0, 3).join(" ")} failed:\n${endOf(output)}${help}`,
    );
  }
}

/** The scripts of a virtual environment begin with its path, which is not the one where it was made. */
function useFinalPath(scripts: string, partial: string, final: string): void {
  for (const entry of fs.readdirSync(scripts, { withFileTypes: true }).filter((found) => found.isFile())) {
    const file = path.join(scripts, entry.name);
    const text = fs.readFileSync(file, "latin1");
    if (text.includes(partial)) {
      fs.writeFileSync(file, text.replaceAll(partial, final), "latin1");
    }
  }
}
