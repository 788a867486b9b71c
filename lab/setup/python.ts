import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { SetupContext } from "./binaries";
import { tellWaiting } from "./binaries";
import { installedFile, type Installation, installOnce } from "./cache";
import { endOf, runCommand } from "./command";
import { formatDuration } from "./progress";

/** Pins moto and all that it needs, with checksums. */
export const requirementsFile = path.join(__dirname, "..", "aws", "requirements.txt");

/** moto wants this one or a newer. */
const OLDEST_MINOR = 10;

/** Pods have it on PATH, and must not find the environment's Python beside it. */
const AWS_FOLDER = "aws";

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
    `The lab's AWS account needs Python 3.${OLDEST_MINOR} or newer on PATH (${seen.join(", ") || "there is none"}). ` +
      "Install it from https://www.python.org/downloads or by your system's packages.",
  );
}

/** Path of the Python that has moto: a virtual environment in the cache, made anew when the requirements change. */
export async function providePython(context: SetupContext): Promise<string> {
  const python = await findPython(context.env);
  const installation = installationOf(python, context);
  return installedFile(installation) ?? (await installOnce(installation));
}

/** The folder in a Python environment that has the `aws` command and nothing else. */
export function awsFolderOf(python: string): string {
  return path.join(path.dirname(python), "..", AWS_FOLDER);
}

function installationOf(python: Python, context: SetupContext): Installation {
  const hash = crypto.createHash("sha256").update(fs.readFileSync(requirementsFile)).update(python.version);
  hash.update(AWS_FOLDER);
  return {
    root: context.root,
    folder: `python-${hash.digest("hex").slice(0, 12)}`,
    file: "bin/python",
    onWait: (waiting) => {
      tellWaiting(context.progress, "the Python environment with moto", waiting);
    },
    build: (partial, final) => build(python, partial, final, context),
  };
}

async function build(python: Python, partial: string, final: string, context: SetupContext): Promise<void> {
  const started = Date.now();
  const done = context.progress.step("making a Python environment with moto", { usually: "20 s" });
  try {
    await run(
      python.command,
      ["-m", "venv", partial],
      context,
      "Debian and Ubuntu have venv in python3-venv.",
    );
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-compile"];
    const requirements = ["--require-hashes", "-r", requirementsFile];
    await run(path.join(partial, "bin", "python"), [...pip, ...requirements], context);
  } finally {
    done();
  }
  useFinalPath(path.join(partial, "bin"), partial, final);
  fs.mkdirSync(path.join(partial, AWS_FOLDER));
  fs.symlinkSync(path.join("..", "bin", "aws"), path.join(partial, AWS_FOLDER, "aws"));
  context.progress.line(`Python environment with moto made in ${formatDuration(Date.now() - started)}`);
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
