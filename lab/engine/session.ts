import {
  LocalWorkspace,
  PulumiCommand,
  type OutputMap,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { separateConnections } from "./channels";
import { engineEnvironment, projectFolders, writeSettings } from "./environment";
import { watchLateErrors } from "./lateError";
import { EventRecorder } from "./recorder";
import type { EngineStackOptions, OperationKind, OperationResult } from "./types";

separateConnections();

/** An operation that failed. The message has the engine's diagnostics in full; `result` tells how far it came. */
export class OperationFailed extends Error {
  constructor(
    readonly kind: OperationKind,
    readonly result: OperationResult,
    cause: unknown,
    endedFor: readonly string[] = [],
  ) {
    const errors = result.diagnostics.filter(({ severity }) => severity === "error");
    const details = errors.map(({ urn, message }) => [urn, message].filter(Boolean).join(": ")).join("\n");
    const ended = endedFor.map((late) => `\nended by the lab, for the program had failed: ${late}`).join("");
    super(`pulumi ${kind} failed\n${details || describe(cause)}${ended}`);
    this.name = "OperationFailed";
  }
}

/** Opens the stack, and makes it where there is none yet. */
export async function openSession(options: EngineStackOptions, program: PulumiFn): Promise<Stack> {
  const folders = projectFolders(options);
  await writeSettings(options, folders);
  const pulumiCommand = await PulumiCommand.get({
    root: options.binaries.pulumiRoot,
    skipVersionCheck: true,
  });
  return LocalWorkspace.createOrSelectStack(
    { stackName: options.stack ?? "lab", projectName: options.project, program },
    {
      pulumiCommand,
      workDir: folders.work,
      pulumiHome: folders.home,
      envVars: engineEnvironment(options, folders),
    },
  );
}

/** Runs one operation to its end; without a program, that of the stack's project. */
export async function perform(
  stack: Stack,
  kind: OperationKind,
  program: PulumiFn | undefined,
  log: ((text: string) => void) | undefined,
  refreshOptions: { clearPendingCreates?: boolean } = {},
): Promise<OperationResult> {
  const recorder = new EventRecorder();
  let text = "";
  const print = (chunk: string): void => {
    text += chunk;
    log?.(chunk);
  };
  const lateErrors = watchLateErrors(() => recorder.isBusy());
  const inline = program ?? stack.workspace.program;
  const common = {
    signal: lateErrors.signal,
    color: "never" as const,
    onEvent: recorder.listen,
    onOutput: print,
    onError: print,
    ...refreshOptions,
  };
  try {
    const outputs = await operate(stack, kind, inline && lateErrors.owning(inline), common);
    return recorder.result(outputs, text);
  } catch (error) {
    await lateErrors.drained();
    throw new OperationFailed(kind, recorder.result({}, text), error, lateErrors.endedFor());
  } finally {
    lateErrors.stop();
  }
}

interface CommonOptions {
  signal: AbortSignal;
  color: "never";
  onEvent: EventRecorder["listen"];
  onOutput: (chunk: string) => void;
  onError: (chunk: string) => void;
}

async function operate(
  stack: Stack,
  kind: OperationKind,
  program: PulumiFn | undefined,
  common: CommonOptions,
): Promise<Record<string, unknown>> {
  const programOptions = { ...common, ...(program && { program }) };
  switch (kind) {
    case "preview":
      await stack.preview(programOptions);
      return {};
    case "up":
      return plain((await stack.up(programOptions)).outputs);
    case "refresh":
      await stack.refresh(common);
      return {};
    case "destroy":
      await stack.destroy(common);
      return {};
  }
}

/** Values without the mark that says which are secret. */
export function plain(outputs: OutputMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
