import { fork } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { engineEnvironment, projectFolders, projectPlugins } from "../../engine/environment";
import type { LabBinaries, LabDescription } from "../../types";
import { compile, withPackages } from "../compile";
import type { FleetSize } from "../fleet/fleet";
import type { Way } from "../fleet/ways";
import type { StateResource } from "./longestChain";
import { readUsage, usageEnvironment, type CliUsage } from "./usage";
import type { OperationKind, WorkerAnswer, WorkerRequest } from "./worker";

/** Where operations are done. */
export interface Bench {
  /** The account and the folder; the plugins may be others than the account's. */
  lab: Pick<LabDescription, "runId" | "directory" | "aws">;
  /** With the CLI that is measured. */
  binaries: LabBinaries;
  /** The engine's and the plugins' further environment. */
  environment: Record<string, string>;
  /** The compiled worker. */
  worker: string;
}

/** Compiles what each operation runs in. */
export function compileWorker(folder: string): Promise<string> {
  return compile(join(__dirname, "worker.ts"), folder);
}

/** What an operation took. */
export interface Taken extends CliUsage {
  /** The most memory that the program's process had at once. */
  programMiB: number;
  /** What was done to how many resources. */
  changes: Record<string, number>;
}

/** A stack of a fleet, in a project of its own. */
export interface FleetStack {
  run(kind: OperationKind, environment?: Record<string, string>): Promise<Taken>;
  /** Size of the checkpoint in bytes. */
  stateBytes(): number;
  /** What the checkpoint has. */
  resources(): StateResource[];
  /** Takes away what is kept of it on this machine, and nothing of what it made. */
  remove(): void;
}

let projects = 0;

/** A stack that was not deployed yet. */
export function fleetStack(
  { lab, binaries, environment, worker }: Bench,
  way: Way,
  size: FleetSize,
  more: Pick<WorkerRequest, "settleSeconds" | "clusters"> = {},
): FleetStack {
  const project = `bench-${++projects}`;
  const base = join(lab.directory, "pulumi", project);
  const usage = join(base, "usage.jsonl");
  const stateFile = join(base, "state", ".pulumi", "stacks", project, "lab.json");
  return {
    run: async (kind, variables = {}) => {
      mkdirSync(base, { recursive: true });
      const options = {
        lab,
        binaries,
        project,
        environment: { ...environment, ...variables, ...usageEnvironment(usage) },
      };
      const answer = await ask(worker, {
        kind,
        way,
        size,
        options,
        plugins: await projectPlugins(),
        ...more,
      });
      return { ...readUsage(usage, kind), ...answer };
    },
    stateBytes: () => statSync(stateFile).size,
    resources: () => {
      const { checkpoint } = JSON.parse(readFileSync(stateFile, "utf8")) as {
        checkpoint: { latest: { resources: StateResource[] } };
      };
      return checkpoint.latest.resources;
    },
    remove: () => {
      rmSync(base, { recursive: true, force: true });
    },
  };
}

function ask(
  worker: string,
  request: WorkerRequest,
): Promise<{ programMiB: number; changes: Record<string, number> }> {
  const child = fork(worker, [], {
    execArgv: [],
    env: {
      ...withPackages(process.env),
      ...engineEnvironment(request.options, projectFolders(request.options)),
    },
  });
  return new Promise((resolve, reject) => {
    child.on("message", (answer: WorkerAnswer) => {
      if ("error" in answer) reject(new Error(`${request.way}, ${request.kind}: ${answer.error}`));
      else resolve({ programMiB: answer.peakMiB, changes: answer.changes });
    });
    child.once("error", reject);
    child.once("exit", () => {
      reject(new Error(`${request.way}, ${request.kind}: the program's process ended without an answer`));
    });
    child.send(request);
  });
}
