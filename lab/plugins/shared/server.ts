import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLogService } from "./engine-log";
import type { ProviderHandlers } from "./handlers";
import { CallCounter, whenParentDies } from "./lifetime";
import { createService } from "./service";

export { InitFailedError } from "./errors";
export type * from "./handlers";
export type { EngineLog } from "./engine-log";
export { uniqueName } from "./unique-name";
export {
  Secret,
  UNKNOWN,
  containsUnknown,
  isProperties,
  type Properties,
  type PropertyValue,
} from "./values";

// The SDKs allow 400 MiB: https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/runtime/settings.ts (grpcChannelOptions).
export const MAX_MESSAGE = 400 * 1024 * 1024;

/** A plugin that answers; its process stays in charge of when it ends. */
export interface RunningServer {
  port: number;
  stop(): void;
}

/** Answers the provider protocol on a free port of the loopback interface. */
export async function listen(
  handlers: ProviderHandlers,
  engineAddress?: string,
  onCancelled: () => void = () => undefined,
): Promise<RunningServer> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE,
    "grpc.max_send_message_length": MAX_MESSAGE,
  });
  const cancel = (calls: CallCounter) => {
    handlers.cancel?.();
    calls.stop(onCancelled);
  };
  server.addService(
    ResourceProviderService,
    createService(handlers, new EngineLogService(engineAddress), cancel),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    stop: () => {
      server.forceShutdown();
    },
  };
}

/**
 * The whole life of a plugin process: serve, print the port for the engine, and end by itself when the engine says so,
 * dies, or the process is told to.
 */
export function serve(handlers: ProviderHandlers): void {
  const exit = (): never => process.exit(0);
  whenParentDies(exit);
  process.on("SIGTERM", exit);
  // The engine puts a plugin into a process group of its own and ends it by SIGINT: see newPlugin's kill in
  // https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/plugin/plugin.go.
  process.on("SIGINT", exit);
  listen(handlers, process.argv[2], exit).then(
    ({ port }) => {
      process.stdout.write(`${port}\n`);
    },
    (error: unknown) => {
      process.stderr.write(`${handlers.name} plugin cannot listen: ${String(error)}\n`);
      process.exit(1);
    },
  );
}
