import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { exitWithParent } from "../supervisor/signals";
import { OperationFailed, openSession, perform } from "./session";
import type { EngineStackOptions, OperationKind, OperationResult } from "./types";

/** What the parent asks for. */
export interface HostRequest {
  kind: OperationKind;
  options: Omit<EngineStackOptions, "log" | "program"> & { program: string };
}

/** What the host says: the engine's output as it comes, and at last a result or an error. */
export type HostMessage =
  | { say: "output"; text: string }
  | { say: "result"; result: OperationResult }
  | { say: "failed"; message: string; result?: OperationResult };

/**
 * Finds the file that a Pulumi project's program begins with, as the Node language host does: `main` of `Pulumi.yaml`,
 * then of `package.json`, else `index.ts`.
 */
export function programEntry(folder: string): string {
  const settings = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { main?: string };
  const main = resolve(folder, settings.main ?? ".");
  const candidates = [main, join(main, "index.ts"), join(main, "index.js")];
  const entry = candidates.find((file) => /\.[jt]s$/.test(file) && existsSync(file));
  if (entry === undefined) {
    throw new Error(`no program in ${folder}: looked for ${candidates.join(", ")}`);
  }
  return entry;
}

async function host({ kind, options }: HostRequest): Promise<void> {
  const send = (message: HostMessage) => process.send?.(message);
  const entry = programEntry(options.program);
  // A program may read files beside itself.
  process.chdir(dirname(entry));
  const program = async () => ({ ...((await import(entry)) as Record<string, unknown>) });
  try {
    const stack = await openSession(options, program);
    const result = await perform(stack, kind, program, (text) => send({ say: "output", text }));
    send({ say: "result", result });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send({ say: "failed", message, ...(error instanceof OperationFailed && { result: error.result }) });
  }
}

if (process.send) {
  exitWithParent();
  process.once("message", (request: HostRequest) => {
    void host(request).finally(() => {
      process.disconnect();
    });
  });
}
