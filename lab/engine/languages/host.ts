import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { whenParentDies } from "../../plugins/shared/lifetime";

/** A call that is answered once. */
export function answer<Request, Response>(
  work: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          });
        },
      );
  };
}

/** A call that is answered by nothing but its end. */
export function nothing(call: grpc.ServerWritableStream<unknown, unknown>): void {
  call.end();
}

/** A process that does not outlive this one. */
export function run(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  return child;
}

/**
 * The whole life of a language host: answer the calls of `service`, and no others, print the port for the engine, and end
 * with it.
 */
export function serveLanguage(service: Record<string, unknown>): void {
  const exit = (): never => process.exit(0);
  whenParentDies(exit);
  process.on("SIGTERM", exit);
  process.on("SIGINT", exit);
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, {
    getPluginInfo: answer(() => new PluginInfo()),
    ...service,
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}
