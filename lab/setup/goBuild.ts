import * as fs from "node:fs";
import * as path from "node:path";
import { endOf, runCommand } from "./command";
import type { GoBuild } from "./parts";
import { formatCount } from "./progress";

/** Why Go cannot build here; undefined if it can. Asked in the module's folder, where go.mod names the least version. */
export async function findGoProblem(build: GoBuild, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { exitCode, output } = await runCommand("go", ["env", "GOVERSION"], {
    cwd: build.directory,
    env: { ...env, GOWORK: "off" },
    timeout: 120_000, // Go may fetch a newer Go by itself
  });
  if (exitCode === 0) {
    return undefined;
  }
  const missing = exitCode === undefined || exitCode === 127 || /failed to execute go/.test(output);
  return missing ? "Go is not installed" : `Go does not suffice: ${endOf(output, 2)}`;
}

/** The least version of Go that a module asks for. */
export function leastGoVersion(build: GoBuild): string {
  const goMod = fs.readFileSync(path.join(build.directory, "go.mod"), "utf8");
  return /^go (\d+\.\d+)/m.exec(goMod)?.[1] ?? "";
}

/** A build under way. */
export interface RunningBuild {
  /** How far it is, in words. */
  howFar: () => string | undefined;
  finished: Promise<void>;
}

/** Builds a program into a file. */
export function startGoBuild(build: GoBuild, outputFile: string, env: NodeJS.ProcessEnv): RunningBuild {
  let fetched = 0;
  let compiled = 0;
  const temporary = path.join(path.dirname(outputFile), "go-tmp");
  fs.mkdirSync(temporary, { recursive: true });
  // The programs are linked without symbols for debuggers: making them would be an eighth of the compiler's work.
  const lean = ["-trimpath", "-gcflags=all=-dwarf=false", "-ldflags", build.ldflags];
  const args = ["build", "-v", ...lean, "-o", outputFile, build.package];
  const running = runCommand("go", args, {
    cwd: build.directory,
    // GOGC: memory for time. GOTMPDIR: what a killed build leaves goes with its folder.
    env: { ...env, CGO_ENABLED: "0", GOGC: "400", GOWORK: "off", GOTMPDIR: temporary },
    onLine: (line) => {
      if (line.startsWith("go: downloading ")) {
        fetched++;
      } else if (/^[\w.~/-]+$/.test(line)) {
        compiled++;
      }
    },
  });
  return {
    howFar: () => {
      // What Go has in its own cache is not compiled again, and not told.
      if (compiled > 0) {
        return `${formatCount(compiled)} of at most ${formatCount(build.packages)} packages`;
      }
      return fetched > 0 ? `${formatCount(fetched)} Go modules fetched` : undefined;
    },
    finished: running.then(({ exitCode, output }) => {
      fs.rmSync(temporary, { recursive: true, force: true });
      if (exitCode !== 0) {
        throw new Error(`go build failed:\n${endOf(output)}`);
      }
    }),
  };
}
