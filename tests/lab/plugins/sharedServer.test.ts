import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderService as Service } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { installPlugin } from "../../../lab/plugins/install";
import {
  InitFailedError,
  listen,
  Secret,
  UNKNOWN,
  type ProviderHandlers,
  type RunningServer,
} from "../../../lab/plugins/shared/server";
import { fromStruct, toStruct } from "../../../lab/plugins/shared/values";

const unused = () => Promise.reject(new Error("not part of this test"));

function handlersWith(some: Partial<ProviderHandlers>): ProviderHandlers {
  const all = { check: unused, diff: unused, create: unused, read: unused, update: unused, delete: unused };
  return {
    name: "test",
    version: "1.2.3",
    configure: () => Promise.resolve(),
    invoke: unused,
    ...all,
    ...some,
  };
}

/** Calls a method as a promise. */
function call<Request, Response>(
  client: Client,
  method: MethodDefinition<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      (error, response) => {
        if (error === null && response !== undefined) resolve(response);
        else reject(error ?? new Error("no answer"));
      },
    );
  });
}

describe("plugins: provider server", () => {
  const running: RunningServer[] = [];
  const clients: Client[] = [];

  async function serveFor(some: Partial<ProviderHandlers>, onCancelled?: () => void): Promise<Client> {
    const server = await listen(handlersWith(some), undefined, onCancelled);
    running.push(server);
    const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    clients.push(client);
    return client;
  }

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const server of running.splice(0)) server.stop();
  });

  it("hands a create to its handler, and the state back", async () => {
    const client = await serveFor({
      create: (type, inputs, { urn, name, preview, timeout }) => {
        assert.deepEqual(inputs, { known: "a", later: UNKNOWN });
        return Promise.resolve({ id: "the-id", state: { type, urn, name, preview, timeout: timeout ?? 0 } });
      },
    });
    const request = new proto.CreateRequest();
    request.setUrn("urn:pulumi:s::p::test:index:Thing::thing");
    request.setType("test:index:Thing");
    request.setName("thing");
    request.setPreview(true);
    request.setTimeout(7);
    request.setProperties(toStruct({ known: "a", later: UNKNOWN }));
    const response = await call(client, Service.create, request);
    assert.equal(response.getId(), "the-id");
    assert.deepEqual(fromStruct(response.getProperties()), {
      type: "test:index:Thing",
      urn: "urn:pulumi:s::p::test:index:Thing::thing",
      name: "thing",
      preview: true,
      timeout: 7,
    });
  });

  it("says whether it accepts secrets, and sends them to one that does", async () => {
    const seen: unknown[] = [];
    const check: ProviderHandlers["check"] = (_type, _olds, news) => {
      seen.push(news);
      return Promise.resolve({ inputs: news, failures: [] });
    };
    for (const acceptSecrets of [true, false]) {
      const client = await serveFor({ acceptSecrets, check });
      const configured = await call(client, Service.configure, new proto.ConfigureRequest());
      assert.equal(configured.getAcceptsecrets(), acceptSecrets);
      assert.equal(configured.getSupportspreview(), true);
      const request = new proto.CheckRequest();
      request.setNews(toStruct({ password: new Secret("x") }));
      await call(client, Service.check, request);
    }
    assert.deepEqual(seen, [{ password: new Secret("x") }, { password: "x" }]);
  });

  it("makes of a thrown error a message that can be read", async () => {
    const client = await serveFor({ delete: () => Promise.reject(new Error("it is protected")) });
    await assert.rejects(call(client, Service.delete, new proto.DeleteRequest()), (error: ServiceError) => {
      assert.equal(error.details, "it is protected");
      return true;
    });
  });

  it("carries a partial failure with its id, state and reasons", async () => {
    const client = await serveFor({
      create: () => Promise.reject(new InitFailedError("half", { a: 1 }, ["it never became ready"])),
    });
    await assert.rejects(call(client, Service.create, new proto.CreateRequest()), (error: ServiceError) => {
      const [bytes] = error.metadata.get("grpc-status-details-bin");
      const [any] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
      assert.equal(any!.getTypeName(), "pulumirpc.ErrorResourceInitFailed");
      const detail = proto.ErrorResourceInitFailed.deserializeBinary(any!.getValue_asU8());
      assert.equal(detail.getId(), "half");
      assert.deepEqual(fromStruct(detail.getProperties()), { a: 1 });
      assert.deepEqual(detail.getReasonsList(), ["it never became ready"]);
      return true;
    });
  });

  it("answers an empty id for a resource that is gone", async () => {
    const client = await serveFor({ read: () => Promise.resolve(undefined) });
    const request = new proto.ReadRequest();
    request.setId("was-here");
    assert.equal((await call(client, Service.read, request)).getId(), "");
  });

  it("translates a diff in full", async () => {
    const client = await serveFor({
      diff: () =>
        Promise.resolve({
          changes: "SOME" as const,
          replaces: ["a"],
          diffs: ["a", "b"],
          deleteBeforeReplace: true,
          detailedDiff: { a: { kind: "update-replace" as const, inputDiff: true } },
        }),
    });
    const response = await call(client, Service.diff, new proto.DiffRequest());
    assert.equal(response.getChanges(), proto.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(response.getReplacesList(), ["a"]);
    assert.deepEqual(response.getDiffsList(), ["a", "b"]);
    assert.equal(response.getDeletebeforereplace(), true);
    assert.equal(response.getHasdetaileddiff(), true);
    const detail = response.getDetaileddiffMap().get("a");
    assert.equal(detail?.getKind(), proto.PropertyDiff.Kind.UPDATE_REPLACE);
    assert.equal(detail.getInputdiff(), true);
  });

  it("ends on Cancel once the calls in flight have ended, and takes no others", async () => {
    const order: string[] = [];
    let finish = (): void => undefined;
    let ended = (): void => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    const client = await serveFor(
      {
        cancel: () => order.push("told"),
        delete: () =>
          new Promise((resolve) => {
            finish = () => {
              order.push("deleted");
              resolve();
            };
          }),
      },
      () => {
        order.push("ended");
        ended();
      },
    );
    const inFlight = call(client, Service.delete, new proto.DeleteRequest());
    await call(client, Service.getPluginInfo, new Empty()); // the delete is there before the cancel
    await call(client, Service.cancel, new Empty());
    await assert.rejects(call(client, Service.delete, new proto.DeleteRequest()), /was told to stop/);
    finish();
    await inFlight;
    await end;
    assert.deepEqual(order, ["told", "deleted", "ended"]);
  });
});

describe("plugins: a plugin's process", () => {
  let folder = "";
  let executable = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "plugin-"));
    const { path } = await installPlugin("kubernetes", folder);
    executable = join(path, "pulumi-resource-kubernetes");
  });

  after(() => rm(folder, { recursive: true }));

  it("is installed once for the same program", async () => {
    const before = await readdir(folder);
    await installPlugin("kubernetes", folder);
    assert.deepEqual(await readdir(folder), before);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints its port and ends at ${signal}`, async () => {
      const child = spawn(executable, { stdio: ["ignore", "pipe", "inherit"] });
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      assert.match(line.toString(), /^\d+\n$/);
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [0, null]);
    });
  }

  it("ends when the engine is killed", async () => {
    // A parent that does nothing but start the plugin. Both hold this test's pipe, which ends when both are gone.
    const script = `require("node:child_process")
      .spawn(process.argv[1], { stdio: ["ignore", "pipe", "inherit"], detached: true })
      .stdout.once("data", () => console.log("started"));
      setInterval(() => undefined, 1000);`;
    const engine = spawn(process.execPath, ["-e", script, executable], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    await once(engine.stdout, "data");
    engine.stderr.resume();
    engine.kill("SIGKILL");
    await once(engine.stderr, "end");
  });
});
