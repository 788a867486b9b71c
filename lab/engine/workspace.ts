import { fork } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Deployment, PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { engineEnvironment, projectFolders, projectPlugins } from "./environment";
import type { HostMessage, HostRequest } from "./host";
import { OperationFailed, openSession, perform, plain } from "./session";
import type { EngineStackOptions, OperationKind, OperationResult } from "./types";

export { OperationFailed } from "./session";
export { UNKNOWN } from "./types";
export type { EngineDiagnostic, EngineStackOptions, EngineStep, OperationResult } from "./types";

/** A stack, with the engine's operations on it. Each rejects with {@link OperationFailed}. */
export interface EngineStack {
  /** `program`: run this one instead of the stack's own. */
  preview(program?: PulumiFn): Promise<OperationResult>;
  up(program?: PulumiFn): Promise<OperationResult>;
  /** Reads reality into the state; creations that were interrupted stay pending unless they are to be forgotten. */
  refresh(options?: { clearPendingCreates?: boolean }): Promise<OperationResult>;
  destroy(): Promise<OperationResult>;
  outputs(): Promise<Record<string, unknown>>;
  exportState(): Promise<Deployment>;
  importState(state: Deployment): Promise<void>;
  cancel(): Promise<void>;
  /** The Automation API's own handle, for what is not here. */
  stack: Stack;
}

/**
 * Opens a stack in the lab's engine, and makes it where there is none yet.
 *
 * @example
 * const stack = await openStack({ lab, binaries: lab.binaries, project: "demo", program: async () => { … } });
 * const { steps } = await stack.preview();
 */
export async function openStack(options: EngineStackOptions): Promise<EngineStack> {
  const own = options.program;
  const inline: PulumiFn = typeof own === "string" ? () => Promise.resolve({}) : own;
  const stack = await openSession(options, inline);
  const run = (kind: OperationKind, other?: PulumiFn) =>
    other === undefined && typeof own === "string"
      ? runHosted({ kind, options: serialisable(options, own) }, options.log)
      : perform(stack, kind, other ?? inline, options.log);
  return engineStack(stack, run, options.log);
}

/** What can be done with a stack, by a function that runs what runs its program. */
export function engineStack(
  stack: Stack,
  run: (kind: OperationKind, program?: PulumiFn) => Promise<OperationResult>,
  log: ((text: string) => void) | undefined,
): EngineStack {
  return {
    preview: (program) => run("preview", program),
    up: (program) => run("up", program),
    // Neither runs the program.
    refresh: (refreshOptions) => perform(stack, "refresh", undefined, log, refreshOptions),
    destroy: () => perform(stack, "destroy", undefined, log),
    outputs: async () => plain(await stack.outputs()),
    exportState: () => stack.exportStack(),
    importState: (state) => stack.importStack(state),
    cancel: () => stack.cancel(),
    stack,
  };
}

function serialisable({ log: _, ...options }: EngineStackOptions, program: string): HostRequest["options"] {
  return { ...options, program };
}

/** Runs an operation in a process of its own, into which the project's program is imported. */
async function runHosted(
  asked: Omit<HostRequest, "plugins">,
  log: ((text: string) => void) | undefined,
): Promise<OperationResult> {
  const request: HostRequest = { ...asked, plugins: await projectPlugins() };
  const child = fork(join(__dirname, "host.ts"), [], {
    execArgv: ["--import", pathToFileURL(require.resolve("tsx")).href],
    // A program sees what its engine sees; NODE_OPTIONS was made for this process: a test runner, a debugger.
    env: {
      ...process.env,
      NODE_OPTIONS: undefined,
      ...engineEnvironment(request.options, projectFolders(request.options)),
    },
  });
  return new Promise((resolve, reject) => {
    child.on("message", (message: HostMessage) => {
      if (message.say === "output") {
        log?.(message.text);
      } else if (message.say === "result") {
        resolve(message.result);
      } else {
        reject(failureOf(request.kind, message));
      }
    });
    child.once("error", reject);
    // Messages may still be under way when the process has ended; none is when the channel is closed.
    child.once("disconnect", () => {
      reject(new Error("the program's process ended without an answer"));
    });
    child.send(request);
  });
}

function failureOf(kind: OperationKind, { message, result }: HostMessage & { say: "failed" }): Error {
  return result ? new OperationFailed(kind, result, new Error(message)) : new Error(message);
}
