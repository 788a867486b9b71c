// What the npm scripts run: `node lab/start.mjs <command> [arguments]`. Plain JavaScript without packages, for it installs them.
import { spawn, spawnSync } from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { fileURLToPath } from "node:url";

/** What each command runs, and with which arguments before those of the user. */
const commands = {
  demo: ["lab/demo/main.ts"],
  bench: ["lab/bench/main.ts"],
  fuzz: ["tests/fuzz/main.ts"],
  chaos: ["lab/chaos/main.ts"],
  test: ["tests/run.mjs", "all"],
  "test:fast": ["tests/run.mjs", "fast"],
  "test:engine": ["tests/run.mjs", "engine"],
  matrix: ["tools/matrix/main.ts"],
  release: ["tools/release/main.ts"],
  version: ["tools/version.ts"],
  mutation: ["node_modules/@stryker-mutator/core/bin/stryker.js", "run"],
  "lab:stop": ["lab/supervisor/stop.ts"],
  "lab:clean": ["lab/supervisor/clean.ts"],
};

const LEAST_NODE = 20;
/** Milliseconds; elsewhere than on Linux each check is a process of its own. */
const PARENT_CHECK = process.platform === "linux" ? 500 : 2_000;
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Says why, and ends. */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), "utf8"));
  } catch {
    return undefined;
  }
}

/** Whether node_modules is what package-lock.json asks for. npm writes down there what it has installed, at the very end. */
function isInstalled() {
  const wanted = readJson("package-lock.json")?.packages ?? {};
  const installed = readJson("node_modules/.package-lock.json")?.packages;
  if (!installed) {
    return false;
  }
  return Object.entries(wanted).every(([place, { version, optional, devOptional, link }]) => {
    const found = installed[place];
    const mayBeAbsent = place === "" || optional || devOptional || link;
    return found ? found.version === version : mayBeAbsent;
  });
}

/** Runs a program to its end, tied to this process. Returns its exit code, as a shell would tell it. */
function run(command, args, stdio) {
  // By this they see that we are gone, however that came (`exitWithParent` in lab/supervisor/signals.ts).
  const env = {
    ...process.env,
    EKS_IRSA_LAB_STARTER: String(process.pid),
    // The AWS SDK's notice about Node versions to come, once in each process of the lab.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
  const child = spawn(command, args, { cwd: root, stdio, env });
  const pass = (signal) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  // From a terminal the child has it too, and may take its time to end; then so do we.
  signals.forEach((signal) => process.on(signal, pass));
  const watching = watchParent(() => pass("SIGTERM"));
  return new Promise((resolve) => {
    const end = (exitCode) => {
      clearInterval(watching);
      signals.forEach((signal) => process.off(signal, pass));
      resolve(exitCode);
    };
    child.once("error", (error) => {
      console.error(`${command}: ${error.message}`);
      end(127);
    });
    child.once("exit", (code, signal) => end(code ?? 128 + (os.constants.signals[signal] ?? 0)));
  });
}

/** Under npm, calls back when npm is gone: it may have been killed, and told nobody. */
function watchParent(lost) {
  if (!process.env.npm_lifecycle_event) {
    return undefined;
  }
  const parent = process.ppid;
  // npm starts a shell for the script. Some shells become the command, others stay and outlive npm.
  const shell = parentOf(parent);
  const npm =
    shell && /^-?(sh|bash|dash|ash|zsh|ksh|busybox)$/.test(path.basename(shell.name))
      ? shell.parent
      : undefined;
  return setInterval(() => {
    if (process.ppid !== parent || (npm !== undefined && parentOf(parent)?.parent !== npm)) {
      lost();
    }
  }, PARENT_CHECK);
}

/** Name and parent of a process; undefined when that cannot be told. */
function parentOf(pid) {
  if (process.platform === "linux") {
    try {
      const [, name, parent] =
        /^\d+ \((.*)\) \S+ (\d+) /s.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return { name, parent: Number(parent) };
    } catch {
      return undefined;
    }
  }
  const { stdout } = spawnSync("ps", ["-o", "ppid=,comm=", "-p", String(pid)], { encoding: "utf8" });
  const [, parent, name] = /^\s*(\d+)\s+(.*)$/m.exec(stdout ?? "") ?? [];
  return name === undefined ? undefined : { name, parent: Number(parent) };
}

/** Installs npm's packages. Two who find them missing at the same time take turns. */
async function install() {
  const ofThisClone = crypto.createHash("sha256").update(root).digest("hex").slice(0, 12);
  const lock = path.join(os.tmpdir(), `eks-irsa-npm-ci-${ofThisClone}.lock`);
  for (let told = false; !takeLock(lock); told = true) {
    if (!told) {
      console.error("  waiting for another process that installs npm packages here");
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    if (isInstalled()) {
      return;
    }
    const started = Date.now();
    console.error("  installing npm packages (usually 1 min)");
    const telling = setInterval(() => {
      console.error(
        `  installing npm packages … ${Math.round((Date.now() - started) / 1_000)} s (usually 1 min)`,
      );
    }, 15_000);
    const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    const exitCode = await run("npm", args, ["ignore", process.stderr, process.stderr]);
    clearInterval(telling);
    if (exitCode !== 0) {
      console.error(`npm ci failed with exit code ${exitCode}.`);
      process.exitCode = exitCode;
      return;
    }
    console.error(`  npm packages installed in ${Math.round((Date.now() - started) / 1_000)} s`);
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function takeLock(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") {
      throw error;
    }
  }
  try {
    const holder = Number(fs.readFileSync(lock, "utf8"));
    if (holder) {
      process.kill(holder, 0);
    }
  } catch {
    fs.rmSync(lock, { force: true }); // whoever had it is gone
  }
  return false;
}

async function main() {
  const [name = "", ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    refuse(`Usage: node lab/start.mjs <${Object.keys(commands).join(" | ")}> [arguments]`);
  }
  if (!isInstalled()) {
    await install();
  }
  if (process.exitCode) {
    return;
  }
  process.exitCode = await run(process.execPath, ["--import", "tsx", ...command, ...args], "inherit");
}

if (process.platform === "win32") {
  refuse("The lab runs on Linux and macOS (on Windows: in WSL).");
}
if (Number.parseInt(process.versions.node, 10) < LEAST_NODE) {
  refuse(`This needs Node.js ${LEAST_NODE} or newer; this is ${process.version} (https://nodejs.org).`);
}
await main();
