import { setTimeout as pause } from "node:timers/promises";
import { credentials, Server, ServerCredentials, status, type handleUnaryCall } from "@grpc/grpc-js";
import * as callbackProto from "@pulumi/pulumi/proto/callback_pb";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** As the SDKs send a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const STACK = "urn:pulumi:dev::fleet::pulumi:pulumi:Stack::fleet-dev";
export const ACCOUNT = "123456789012";

const ERROR: number = engineProto.LogSeverity.ERROR;

/** What a plugin registered or read. */
export interface Registered {
  type: string;
  name: string;
  urn: string;
  parent: string;
  provider: string;
  inputs: Record<string, unknown>;
  hooks: proto.RegisterResourceRequest.ResourceHooksBinding.AsObject | undefined;
  protect: boolean;
  deletedWith?: string;
}

/** What an engine of a test's knows beside what each does. */
export interface Known {
  /** What a call answers, by its token. */
  invokes?: Record<string, (args: Record<string, unknown>) => Record<string, unknown>>;
  /** What a resource has, by its type. */
  resources?: Record<string, (name: string) => Record<string, unknown>>;
}

const IDENTITY: Known["invokes"] = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:user/deployer`,
    id: ACCOUNT,
    userId: "AIDA",
  }),
};

/** Just enough of Pulumi's engine that a plugin can make components: it remembers what is registered and makes nothing. */
export class FakeEngine {
  readonly registered: Registered[] = [];
  readonly outputs = new Map<string, Record<string, unknown>>();
  readonly logs: { severity: number; message: string; urn: string }[] = [];
  private readonly hooks = new Map<string, callbackProto.Callback>();
  private readonly refused = new Map<string, string>();
  private readonly server = new Server();
  address = "";

  /**
   * @param dryRun leaves what a preview does not know unknown
   * @param known what else it is to know: what calls answer, and what resources have, by token and type
   */
  constructor(
    private readonly dryRun = false,
    private readonly known: Known = {},
  ) {}

  /** Starts it. */

  async start(): Promise<this> {
    this.server.addService(
      EngineService,
      unary({
        log: (request: engineProto.LogRequest) => {
          this.logs.push({
            severity: request.getSeverity(),
            message: request.getMessage(),
            urn: request.getUrn(),
          });
          return new Empty();
        },
        getRootResource: () => new engineProto.GetRootResourceResponse(),
        setRootResource: () => new engineProto.SetRootResourceResponse(),
      }),
    );
    this.server.addService(
      ResourceMonitorService,
      unary({
        supportsFeature: () => {
          const response = new proto.SupportsFeatureResponse();
          response.setHassupport(true);
          return response;
        },
        invoke: (request: proto.ResourceInvokeRequest) => this.invoke(request),
        registerResource: (request: proto.RegisterResourceRequest) => this.register(request),
        readResource: (request: proto.ReadResourceRequest) => this.read(request),
        registerResourceOutputs: (request: proto.RegisterResourceOutputsRequest) => {
          this.outputs.set(request.getUrn(), request.getOutputs()?.toJavaScript() ?? {});
          return new Empty();
        },
        registerResourceHook: (request: proto.RegisterResourceHookRequest) => this.addHook(request),
        registerErrorHook: (request: proto.RegisterErrorHookRequest) => this.addHook(request),
      }),
    );
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    this.address = `127.0.0.1:${port}`;
    return this;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  /** The resources of a type. */
  ofType(type: string): Registered[] {
    return this.registered.filter((one) => one.type === type);
  }

  /** What was logged as an error, once there is some: logs come beside the answers. */
  async errors(): Promise<{ message: string; urn: string }[]> {
    const found = () => this.logs.filter(({ severity }) => severity === ERROR);
    for (let wait = 0; found().length === 0 && wait < 100; wait++) await pause(50);
    return found();
  }

  /** The resource of a type and a name. */
  called(type: string, name: string): Registered {
    const found = this.registered.find((one) => one.type === type && one.name === name);
    if (found === undefined) throw new Error(`no ${type} "${name}" is registered`);
    return found;
  }

  /** Calls a hook as the engine does before an update. Returns the hook's error. */
  async callHook(name: string, request: proto.ResourceHookRequest): Promise<string> {
    const hook = this.hooks.get(name);
    if (hook === undefined) throw new Error(`no hook "${name}"`);
    const client = new CallbacksClient(hook.getTarget(), credentials.createInsecure());
    const invocation = new callbackProto.CallbackInvokeRequest();
    invocation.setToken(hook.getToken());
    invocation.setRequest(request.serializeBinary());
    try {
      const answer = await new Promise<callbackProto.CallbackInvokeResponse>((resolve, reject) => {
        client.invoke(invocation, (error, response) => {
          if (error) reject(error);
          else resolve(response);
        });
      });
      return proto.ResourceHookResponse.deserializeBinary(answer.getResponse_asU8()).getError();
    } finally {
      client.close();
    }
  }

  private addHook(request: proto.RegisterResourceHookRequest | proto.RegisterErrorHookRequest): Empty {
    const [name, callback] = [request.getName(), request.getCallback()];
    if (this.hooks.has(name)) throw new Error(`hook "${name}" is registered already`);
    if (callback) this.hooks.set(name, callback);
    return new Empty();
  }

  private invoke(request: proto.ResourceInvokeRequest): providerProto.InvokeResponse {
    const token = request.getTok();
    const answer = { ...IDENTITY, ...this.known.invokes }[token];
    if (answer === undefined) throw new Error(`an invoke that no test expects: ${token}`);
    const response = new providerProto.InvokeResponse();
    const args = request.getArgs()?.toJavaScript() ?? {};
    response.setReturn(Struct.fromJavaScript(answer(args) as never));
    return response;
  }

  /** Gives its URN. */
  private keep(resource: Omit<Registered, "urn">): string {
    const urn = `urn:pulumi:dev::fleet::${resource.type}::${resource.name}`;
    this.registered.push({ ...resource, urn });
    return urn;
  }

  /** Refuses a resource, in these words. */
  refuse(type: string, name: string, words: string): void {
    this.refused.set(`${type} ${name}`, words);
  }

  private register(request: proto.RegisterResourceRequest): proto.RegisterResourceResponse {
    const [type, name] = [request.getType(), request.getName()];
    const refusal = this.refused.get(`${type} ${name}`);
    if (refusal !== undefined) throw new Error(refusal);
    const inputs = (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>;
    const urn = this.keep({
      type,
      name,
      inputs,
      parent: request.getParent(),
      provider: request.getProvider() || [...request.getProvidersMap().entries()].join(),
      hooks: request.getHooks()?.toObject(),
      protect: request.getProtect() ?? false,
      deletedWith: request.getDeletedwith(),
    });
    const response = new proto.RegisterResourceResponse();
    response.setUrn(urn);
    if (request.getCustom()) {
      response.setId(this.dryRun ? UNKNOWN : `${name}-id`);
    }
    const outputs = this.known.resources?.[type]?.(name);
    if (request.getCustom() || outputs !== undefined) {
      const made = outputs ?? this.made(type, name, inputs);
      response.setObject(Struct.fromJavaScript({ ...inputs, ...made } as never));
    }
    return response;
  }

  private made(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
    const arn = (kind: string) => (this.dryRun ? UNKNOWN : `arn:aws:iam::${ACCOUNT}:${kind}`);
    switch (type) {
      case "aws:iam/role:Role":
        return { arn: arn(`role/${name}`), name: this.dryRun ? UNKNOWN : name };
      case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
        return { arn: arn(`oidc-provider/${plain(inputs["url"]).replace("https://", "")}`) };
      default:
        return {};
    }
  }

  private read(request: proto.ReadResourceRequest): proto.ReadResourceResponse {
    const [type, name, id] = [request.getType(), request.getName(), request.getId()];
    const urn = this.keep({
      type,
      name,
      inputs: { id },
      parent: request.getParent(),
      provider: request.getProvider(),
      hooks: undefined,
      protect: false,
    });
    const response = new proto.ReadResourceResponse();
    response.setUrn(urn);
    const outputs = this.known.resources?.[type]?.(name) ?? { arn: id, clientIdLists: ["sts.amazonaws.com"] };
    response.setProperties(Struct.fromJavaScript(outputs as never));
    return response;
  }
}

/** The text of a value that may be a secret. */
function plain(value: unknown): string {
  return String(typeof value === "object" && value !== null && "value" in value ? value.value : value);
}

/** gRPC handlers of functions that answer or throw. */
function unary(methods: Record<string, (request: never) => unknown>): never {
  const handlers = Object.entries(methods).map(
    ([name, method]): [string, handleUnaryCall<unknown, unknown>] => [
      name,
      ({ request }, callback) => {
        try {
          callback(null, method(request as never));
        } catch (error) {
          callback({
            code: status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          });
        }
      },
    ],
  );
  return Object.fromEntries(handlers) as never;
}
