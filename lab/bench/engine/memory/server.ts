import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { AwsHandlers } from "../../../plugins/aws/handlers";
import { KubernetesProvider } from "../../../plugins/kubernetes/provider";
import { EngineLogService } from "../../../plugins/shared/engine-log";
import type { ProviderHandlers } from "../../../plugins/shared/handlers";
import { MAX_MESSAGE } from "../../../plugins/shared/server";
import { createService } from "../../../plugins/shared/service";
import { REGION } from "../../fleet/fleet";
import { memoryAccount } from "./aws";
import { memoryCluster } from "./kubernetes";
import { version } from "@pulumi/kubernetes/package.json";

/** Without these the plugin refuses to start; nobody asks who it is. */
const SOMEBODY = {
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: "memory",
  AWS_SECRET_ACCESS_KEY: "memory",
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
};

/** The stand-ins of the lab's plugins, each on a port, as `PULUMI_DEBUG_PROVIDERS` of the engine wants them. */
export async function servePlugins(): Promise<{ debugProviders: string; stop: () => void }> {
  const servers = await Promise.all([
    serve(() => new AwsHandlers(SOMEBODY, () => Promise.resolve(memoryAccount()))),
    serve(
      () =>
        new KubernetesProvider(
          version,
          () => Promise.resolve(),
          () => Promise.resolve(memoryCluster()),
        ),
    ),
  ]);
  const [aws, kubernetes] = servers.map(({ port }) => port);
  return {
    debugProviders: `aws:${aws ?? ""},kubernetes:${kubernetes ?? ""}`,
    stop: () => {
      for (const { server } of servers) server.forceShutdown();
    },
  };
}

/** A server that is another plugin for each connection: the engine opens one for each provider resource of an operation. */
async function serve(newHandlers: () => ProviderHandlers): Promise<{ server: grpc.Server; port: number }> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE,
    "grpc.max_send_message_length": MAX_MESSAGE,
  });
  const plugins = new Map<string, grpc.UntypedServiceImplementation>();
  const pluginOf = (peer: string): grpc.UntypedServiceImplementation => {
    const plugin =
      plugins.get(peer) ??
      createService(newHandlers(), new EngineLogService(undefined), (calls) => {
        calls.stop(() => plugins.delete(peer));
      });
    plugins.set(peer, plugin);
    return plugin;
  };
  const methods = Object.keys(createService(newHandlers(), new EngineLogService(undefined), () => undefined));
  const service = Object.fromEntries(
    methods.map((method) => [
      method,
      (call: grpc.ServerUnaryCall<unknown, unknown>, callback: grpc.sendUnaryData<unknown>) => {
        (pluginOf(call.getPeer())[method] as grpc.handleUnaryCall<unknown, unknown>)(call, callback);
      },
    ]),
  );
  server.addService(ResourceProviderService, service);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { server, port };
}
