import type { InstalledPlugin } from "../plugins/install";
import { exitWithParent } from "../supervisor/signals";
import { usePlugins } from "./environment";
import { importedProgram } from "./program";
import { OperationFailed, openSession, perform } from "./session";
import type { EngineStackOptions, OperationKind, OperationResult } from "./types";

/** What the parent asks for. */
export interface HostRequest {
  kind: OperationKind;
  options: Omit<EngineStackOptions, "log" | "program"> & { program: string };
  plugins: InstalledPlugin[];
}

/** What the host says: the engine's output as it comes, and at last a result or an error. */
export type HostMessage =
  | { say: "output"; text: string }
  | { say: "result"; result: OperationResult }
  | { say: "failed"; message: string; result?: OperationResult };

async function host({ kind, options, plugins }: HostRequest): Promise<void> {
  const send = (message: HostMessage) =>
    new Promise<void>((resolve) => {
      process.send?.(message, undefined, undefined, () => {
        resolve();
      });
    });
  usePlugins(plugins);
  try {
    const program = importedProgram(options.program);
    const stack = await openSession(options, program);
    const result = await perform(stack, kind, program, (text) => void send({ say: "output", text }));
    await send({ say: "result", result });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await send({ say: "failed", message, ...(error instanceof OperationFailed && { result: error.result }) });
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
