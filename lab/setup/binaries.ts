import * as fs from "node:fs";
import * as path from "node:path";
import { type Installation, installedFile, installOnce } from "./cache";
import { downloadInto } from "./download";
import { findGoProblem, leastGoVersion, startGoBuild } from "./goBuild";
import type { Waiting } from "./lock";
import { findOnPath } from "./onPath";
import type { Download, Part } from "./parts";
import { formatDuration, type Progress } from "./progress";

/** What setting up works with. */
export interface SetupContext {
  /** The cache folder. */
  root: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  /** Go builds at the same time are limited by this. */
  buildSlot: <T>(work: () => Promise<T>) => Promise<T>;
}

function title(part: Part): string {
  return `${part.name} v${part.version}`;
}

/** Tells that another process is at it, and goes on telling until it is done. */
export function tellWaiting(progress: Progress, what: string, { holder, over }: Waiting): void {
  const who = holder === undefined ? "another run" : `another run (process ${holder})`;
  const done = progress.step(`waiting for ${what}: ${who} is getting it`);
  void over.then(done);
}

function installationOf(part: Part, context: SetupContext): Installation {
  return {
    root: context.root,
    folder: `${part.name}-v${part.version}`,
    file: part.file,
    onWait: (waiting) => {
      tellWaiting(context.progress, title(part), waiting);
    },
    build: (partial) => obtain(part, partial, context),
  };
}

/**
 * Path of a program: from the cache, else one that is on this machine already, else downloaded into the cache, else built
 * into it.
 */
export async function provide(part: Part, context: SetupContext): Promise<string> {
  const installation = installationOf(part, context);
  const cached = installedFile(installation);
  if (cached) {
    return cached;
  }
  const found = await findOnPath(part, context.env);
  if ("path" in found) {
    context.progress.line(`${part.name} v${found.version} is there: ${found.path}`);
    return found.path;
  }
  try {
    return await installOnce(installation);
  } catch (error) {
    throw explain(part, found.reason, error);
  }
}

/** Why each way failed, and what would help. */
class NoWay extends Error {
  constructor(
    readonly download: string,
    readonly build: string,
  ) {
    super(`${download}; ${build}`);
  }
}

function explain(part: Part, path: string, error: unknown): unknown {
  if (!(error instanceof NoWay)) {
    return error;
  }
  return new Error(
    [
      `${title(part)} is missing, and each way to get it failed:`,
      `  on this machine: ${path}`,
      `  download: ${error.download}`,
      `  build: ${error.build}`,
      "One of these helps:",
      `  - install Go ${leastGoVersion(part.build)} or newer (https://go.dev/dl) and let it reach its module proxy`,
      ...(part.versionArgs === undefined
        ? []
        : [
            `  - put ${part.name} v${part.oldest} or newer (of the same major version) on PATH` +
              (part.folderVariable ? ` or into the folder that ${part.folderVariable} names` : ""),
          ]),
      ...(part.download(process.platform, process.arch)
        ? ["  - let this machine reach the download host"]
        : []),
    ].join("\n"),
  );
}

async function obtain(part: Part, folder: string, context: SetupContext): Promise<void> {
  const started = Date.now();
  fs.mkdirSync(path.dirname(path.join(folder, part.file)), { recursive: true });
  const source = part.download(process.platform, process.arch);
  const noDownload = source
    ? await tryDownload(part, source, folder, context)
    : `none is published for ${process.platform} ${process.arch}`;
  if (noDownload === undefined) {
    context.progress.line(`${title(part)} downloaded in ${formatDuration(Date.now() - started)}`);
    return;
  }
  const noGo = await findGoProblem(part.build, context.env);
  if (noGo !== undefined) {
    throw new NoWay(noDownload, noGo);
  }
  context.progress.line(`${title(part)}: no download (${noDownload}), so it is built`);
  try {
    await context.buildSlot(() => build(part, folder, context));
  } catch (error) {
    throw new NoWay(noDownload, error instanceof Error ? error.message : String(error));
  }
}

/** Returns why there is no download, or undefined when there is. */
async function tryDownload(
  part: Part,
  source: Download,
  folder: string,
  context: SetupContext,
): Promise<string | undefined> {
  let howFar: string | undefined;
  let done: (() => void) | undefined;
  try {
    await downloadInto(folder, part.file, source, context.env, (received, total) => {
      const of = total === undefined ? "" : ` of ${Math.ceil(total / 1e6)}`;
      howFar = `${Math.floor(received / 1e6)}${of} MB`;
      done ??= context.progress.step(`downloading ${title(part)}`, { howFar: () => howFar });
    });
    return undefined;
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(path.join(folder, part.file)), { recursive: true });
    return error instanceof Error ? error.message : String(error);
  } finally {
    done?.();
  }
}

async function build(part: Part, folder: string, context: SetupContext): Promise<void> {
  const started = Date.now();
  const { finished, howFar } = startGoBuild(part.build, path.join(folder, part.file), context.env);
  const done = context.progress.step(`building ${title(part)}`, { usually: part.build.usually, howFar });
  try {
    await finished;
  } finally {
    done();
  }
  context.progress.line(`${title(part)} built in ${formatDuration(Date.now() - started)}`);
}

/** The folder that has the CLI as `bin/pulumi`, which is where the Automation API looks. */
export function pulumiRootOf(cli: string, root: string): string {
  const folder = path.dirname(cli);
  if (path.basename(folder) === "bin") {
    return path.dirname(folder);
  }
  const linkFolder = path.join(root, "pulumi-on-path", "bin");
  const link = path.join(linkFolder, "pulumi");
  fs.mkdirSync(linkFolder, { recursive: true });
  const draft = `${link}.${process.pid}`;
  fs.rmSync(draft, { force: true });
  fs.symlinkSync(cli, draft);
  fs.renameSync(draft, link);
  return path.dirname(linkFolder);
}
