import * as fs from "node:fs";
import * as path from "node:path";
import { type SetupContext, tellWaiting } from "./binaries";
import { cacheRoot, installedFile, type Installation, installOnce } from "./cache";
import { endOf, runCommand } from "./command";
import { withLock } from "./lock";
import { formatDuration, type Progress } from "./progress";

/** Names a browser that is there already; no other is looked for then. */
export const BROWSER_VARIABLE = "EKS_IRSA_LAB_BROWSER";

/** What looking for a browser works with. */
export interface BrowserContext extends Pick<SetupContext, "root" | "env" | "progress"> {
  platform: NodeJS.Platform;
  /** May packages of the system be installed? */
  isRoot: boolean;
  /** Where browsers are that are not on PATH. */
  usualPlaces: string[];
}

/** How a browser is started for tests: by root too, and without a word to anybody. */
export const BROWSER_ARGUMENTS = [
  "--no-sandbox", // which root cannot have
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const USUAL_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/opt/google/chrome/chrome",
  "/snap/bin/chromium",
];
const START_LIMIT = 60_000;
const DOWNLOAD_LIMIT = 5 * 60_000;
const INSTALL_LIMIT = 15 * 60_000;

/**
 * Path of a Chromium for tests: the one that EKS_IRSA_LAB_BROWSER names, else one that is on this machine, else
 * downloaded into the cache, else, as root on Debian and its like, installed by apt-get.
 */
export function provideBrowser(progress: Progress): Promise<string> {
  return provideBrowserIn({
    root: cacheRoot(),
    env: process.env,
    progress,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    usualPlaces: USUAL_PLACES,
  });
}

/** {@link provideBrowser}, with everything that it depends on. */
export async function provideBrowserIn(context: BrowserContext): Promise<string> {
  const named = context.env[BROWSER_VARIABLE];
  if (named) {
    const problem = await startProblem(named, context);
    if (problem !== undefined) {
      throw new Error(`${BROWSER_VARIABLE} names ${named}, which is no browser that starts: ${problem}`);
    }
    return named;
  }
  const found = await findBrowser(context);
  if ("path" in found) {
    return found.path;
  }
  // Two who install packages at once would fail each other.
  const lock = path.join(context.root, "locks", "browser.lock");
  return withLock(
    lock,
    (waiting) => {
      tellWaiting(context.progress, "a browser", waiting);
    },
    () => obtain(context),
  );
}

/** A browser that is there, or why none will do. */
type FoundBrowser = { path: string } | { reason: string };

async function findBrowser(context: BrowserContext): Promise<FoundBrowser> {
  const folders = (context.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.resolve(folder, name)));
  const downloaded = installedFile(downloadOf(context));
  const candidates = [...onPath, ...context.usualPlaces, ...(downloaded === undefined ? [] : [downloaded])];
  const unfit: string[] = [];
  for (const file of candidates.filter((candidate) => fs.existsSync(candidate))) {
    const problem = await startProblem(file, context);
    if (problem === undefined) {
      return { path: file };
    }
    unfit.push(`${file} does not start: ${problem}`);
  }
  const reason = `none of ${NAMES.join(", ")} is on PATH or in the usual places`;
  return { reason: unfit.length > 0 ? unfit.join("; ") : reason };
}

/** Ubuntu has a `chromium-browser` that only tells how to get one, so each is asked for its version. */
async function startProblem(file: string, { env }: BrowserContext): Promise<string | undefined> {
  const { exitCode, output } = await runCommand(file, ["--version"], { env, timeout: START_LIMIT });
  return exitCode === 0 && /\d+\.\d+/.test(output) ? undefined : endOf(output, 2) || "it says nothing";
}

async function obtain(context: BrowserContext): Promise<string> {
  const found = await findBrowser(context);
  if ("path" in found) {
    return found.path; // by whoever had the lock before
  }
  const noDownload = await attempt(() => download(context));
  if ("path" in noDownload) {
    return noDownload.path;
  }
  context.progress.line(`a browser: no download (${noDownload.reason})`);
  const noPackage = await attempt(() => installPackage(context));
  if ("path" in noPackage) {
    return noPackage.path;
  }
  throw new Error(
    [
      "A Chromium for tests is missing, and each way to get it failed:",
      `  on this machine: ${found.reason}`,
      `  download: ${noDownload.reason}`,
      `  package: ${noPackage.reason}`,
      "One of these helps:",
      `  - install Chromium or Google Chrome (Debian: apt-get install chromium; macOS: brew install --cask chromium)`,
      `  - name one that is there: ${BROWSER_VARIABLE}=<path>`,
      "  - let this machine reach cdn.playwright.dev",
    ].join("\n"),
  );
}

async function attempt(way: () => Promise<string>): Promise<FoundBrowser> {
  try {
    return { path: await way() };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** playwright-core knows which headless Chromium it was made for, and where it is published. */
function downloadOf(context: BrowserContext): Installation {
  const packageFile = require.resolve("playwright-core/package.json");
  const cli = path.join(path.dirname(packageFile), "cli.js");
  const { version } = JSON.parse(fs.readFileSync(packageFile, "utf8")) as { version: string };
  return {
    root: context.root,
    folder: `playwright-v${version}`,
    file: "browser",
    onWait: (waiting) => {
      tellWaiting(context.progress, "a headless Chromium", waiting);
    },
    build: async (partial) => {
      const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "5000", ...context.env };
      const { exitCode, output } = await runCommand(
        process.execPath,
        [cli, "install", "chromium-headless-shell"],
        { env: { ...env, PLAYWRIGHT_BROWSERS_PATH: partial }, timeout: DOWNLOAD_LIMIT },
      );
      if (exitCode !== 0) {
        throw new Error(downloadProblem(output));
      }
      const program = findProgram(partial);
      if (program === undefined) {
        throw new Error("there is no headless shell in it");
      }
      fs.symlinkSync(path.relative(partial, program), path.join(partial, "browser"));
    },
  };
}

function downloadProblem(output: string): string {
  const cause = output.split("\n").find((line) => /^Error: (?!Failed to download)/.test(line));
  return cause?.replace("Error: ", "") ?? (endOf(output, 1) || "it took too long");
}

function findProgram(folder: string): string | undefined {
  const names = new Set(["chrome-headless-shell", "headless_shell"]);
  const files = fs.readdirSync(folder, { encoding: "utf8", recursive: true });
  const program = files.find((file) => names.has(path.basename(file)));
  return program && path.join(folder, program);
}

async function download(context: BrowserContext): Promise<string> {
  const done = context.progress.step("downloading a headless Chromium", { usually: "20 s" });
  try {
    const file = await installOnce(downloadOf(context));
    const problem = await startProblem(file, context);
    if (problem !== undefined) {
      throw new Error(`the downloaded one does not start: ${problem}`);
    }
    return file;
  } finally {
    done();
  }
}

async function installPackage(context: BrowserContext): Promise<string> {
  if (context.platform !== "linux" || (await apt(context, ["--version"])) !== undefined) {
    throw new Error("there is no apt-get here");
  }
  if (!context.isRoot) {
    throw new Error("only root may install packages");
  }
  const started = Date.now();
  const done = context.progress.step("installing the package chromium by apt-get", { usually: "1 min" });
  try {
    const install = ["install", "-y", "--no-install-recommends", "chromium"];
    // Lists that cannot be had anew may be good enough.
    const update = await apt(context, ["update"]);
    const problem = await apt(context, install);
    if (problem !== undefined) {
      throw new Error([problem, ...(update === undefined ? [] : [`apt-get update: ${update}`])].join("; "));
    }
  } finally {
    done();
  }
  const found = await findBrowser(context);
  if (!("path" in found)) {
    throw new Error(`installed, but ${found.reason}`);
  }
  context.progress.line(`chromium installed in ${formatDuration(Date.now() - started)}`);
  return found.path;
}

/** Runs apt-get without questions; returns why it failed. */
async function apt(context: BrowserContext, args: string[]): Promise<string | undefined> {
  const patience = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=1"];
  const { exitCode, output } = await runCommand("apt-get", [...patience, ...args], {
    env: { ...context.env, DEBIAN_FRONTEND: "noninteractive" },
    timeout: INSTALL_LIMIT,
  });
  return exitCode === 0 ? undefined : endOf(output, 2);
}
