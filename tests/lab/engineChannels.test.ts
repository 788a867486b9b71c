import { credentials, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as settings from "@pulumi/pulumi/runtime/settings";
import assert from "node:assert/strict";
import "../../lab/engine/session";

const { grpcClientOptions } = settings as unknown as { grpcClientOptions: object };

/** A connection as the SDK makes it, and what a first call by it comes to. */
async function firstCall(address: string): Promise<{ client: EngineClient; code: status | undefined }> {
  const client = new EngineClient(address, credentials.createInsecure(), grpcClientOptions);
  const code = await new Promise<status | undefined>((resolve) => {
    client.log(new LogRequest(), (error) => {
      resolve(error?.code);
    });
  });
  return { client, code };
}

const listen = (server: Server, port: number) =>
  new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });

describe("connections to an engine", () => {
  it("do not inherit the failure of an earlier engine at the same port", async () => {
    const ended = new Server();
    const port = await listen(ended, 0);
    ended.forceShutdown();
    const before = await firstCall(`127.0.0.1:${port}`);
    const engine = new Server();
    await listen(engine, port);
    const after = await firstCall(`127.0.0.1:${port}`);
    before.client.close();
    after.client.close();
    engine.forceShutdown();
    assert.equal(before.code, status.UNAVAILABLE);
    // It was reached: this server knows no calls at all.
    assert.equal(after.code, status.UNIMPLEMENTED);
  });
});
