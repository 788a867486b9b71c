import * as grpc from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { EngineLogService } from "./engine-log";
import { toServiceError } from "./errors";
import type { OperationContext, ProviderHandlers, ResourceContext } from "./handlers";
import { CallCounter } from "./lifetime";
import { toCheckResponse, toDiffResponse, toFailures } from "./messages";
import { fromStruct, toStruct, type Properties } from "./values";

type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

/** A request about one resource, of whatever operation. */
interface ResourceRequest {
  getUrn(): string;
  getName(): string;
}

/**
 * The provider protocol on top of plain handlers:
 * https://github.com/pulumi/pulumi/blob/v3.258.0/proto/pulumi/provider.proto. What is not listed here gRPC answers with
 * UNIMPLEMENTED, and the engine takes that for "not supported" (Handshake, Construct, Call, GetMapping).
 */
export function createService(
  handlers: ProviderHandlers,
  engine: EngineLogService,
  onCancel: (calls: CallCounter) => void,
): grpc.UntypedServiceImplementation {
  const calls = new CallCounter();

  /** Wraps an asynchronous method: answers, or fails with a message that a person can read. */
  function unary<Request, Response>(
    method: (request: Request) => Promise<Response>,
  ): Unary<Request, Response> {
    return (call, callback) => {
      if (calls.stopping) {
        callback({ code: grpc.status.CANCELLED, details: `the ${handlers.name} plugin was told to stop` });
        return;
      }
      calls
        .run(() => method(call.request))
        .then(
          (response) => {
            callback(null, response);
          },
          (error: unknown) => {
            callback(toServiceError(error));
          },
        );
    };
  }

  /** A resource's properties; those of a provider never are wrapped. */
  const open = (struct: Struct | undefined): Properties => fromStruct(struct, handlers.acceptSecrets);

  const about = (request: ResourceRequest): ResourceContext => ({
    urn: request.getUrn(),
    name: request.getName(),
    log: engine.forResource(request.getUrn()),
  });

  const operation = (
    request: ResourceRequest & { getTimeout(): number },
    preview: boolean,
    ignoreChanges: string[] = [],
  ): OperationContext => ({
    ...about(request),
    preview,
    timeout: request.getTimeout() > 0 ? request.getTimeout() : undefined,
    ignoreChanges,
  });

  return {
    getPluginInfo: unary<Empty, PluginInfo>(() => {
      const info = new PluginInfo();
      info.setVersion(handlers.version);
      return Promise.resolve(info);
    }),
    getSchema: unary<proto.GetSchemaRequest, proto.GetSchemaResponse>(() => {
      const response = new proto.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: handlers.name, version: handlers.version }));
      return Promise.resolve(response);
    }),
    attach: unary<PluginAttach, Empty>((request) => {
      engine.connect(request.getAddress());
      return Promise.resolve(new Empty());
    }),
    cancel: unary<Empty, Empty>(() => {
      onCancel(calls);
      return Promise.resolve(new Empty());
    }),

    checkConfig: unary<proto.CheckRequest, proto.CheckResponse>(async (request) => {
      const news = fromStruct(request.getNews());
      const olds = fromStruct(request.getOlds());
      const result = await handlers.checkConfig?.(news, olds, about(request));
      return toCheckResponse(result ?? { inputs: news, failures: [] });
    }),
    diffConfig: unary<proto.DiffRequest, proto.DiffResponse>(async (request) => {
      const result = await handlers.diffConfig?.(
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        fromStruct(request.getOldInputs()),
        request.getIgnorechangesList(),
      );
      return toDiffResponse(result ?? { changes: "UNKNOWN" });
    }),
    configure: unary<proto.ConfigureRequest, proto.ConfigureResponse>(async (request) => {
      await handlers.configure(fromStruct(request.getArgs()));
      const response = new proto.ConfigureResponse();
      response.setSupportspreview(true);
      response.setAcceptsecrets(handlers.acceptSecrets ?? false);
      return response;
    }),

    check: unary<proto.CheckRequest, proto.CheckResponse>(async (request) => {
      const result = await handlers.check(
        request.getType(),
        open(request.getOlds()),
        open(request.getNews()),
        { ...about(request), randomSeed: Buffer.from(request.getRandomseed_asU8()) },
      );
      return toCheckResponse(result);
    }),
    diff: unary<proto.DiffRequest, proto.DiffResponse>(async (request) => {
      const result = await handlers.diff(
        request.getType(),
        request.getId(),
        open(request.getOlds()),
        open(request.getNews()),
        open(request.getOldInputs()),
        request.getIgnorechangesList(),
        about(request),
      );
      return toDiffResponse(result);
    }),
    create: unary<proto.CreateRequest, proto.CreateResponse>(async (request) => {
      const { id, state } = await handlers.create(
        request.getType(),
        open(request.getProperties()),
        operation(request, request.getPreview()),
      );
      const response = new proto.CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(state));
      return response;
    }),
    read: unary<proto.ReadRequest, proto.ReadResponse>(async (request) => {
      const result = await handlers.read(
        request.getType(),
        request.getId(),
        open(request.getProperties()),
        open(request.getInputs()),
        about(request),
      );
      // An empty id says that the resource does not exist any more.
      const response = new proto.ReadResponse();
      if (result === undefined) return response;
      response.setId(result.id ?? request.getId());
      response.setProperties(toStruct(result.state));
      response.setInputs(toStruct(result.inputs));
      return response;
    }),
    update: unary<proto.UpdateRequest, proto.UpdateResponse>(async (request) => {
      const state = await handlers.update(
        request.getType(),
        request.getId(),
        open(request.getOlds()),
        open(request.getNews()),
        {
          ...operation(request, request.getPreview(), request.getIgnorechangesList()),
          oldInputs: open(request.getOldInputs()),
        },
      );
      const response = new proto.UpdateResponse();
      response.setProperties(toStruct(state));
      return response;
    }),
    delete: unary<proto.DeleteRequest, Empty>(async (request) => {
      await handlers.delete(
        request.getType(),
        request.getId(),
        open(request.getProperties()),
        operation(request, false),
      );
      return new Empty();
    }),
    invoke: unary<proto.InvokeRequest, proto.InvokeResponse>(async (request) => {
      const result = await handlers.invoke(request.getTok(), fromStruct(request.getArgs()), {
        preview: request.getPreview(),
      });
      const response = new proto.InvokeResponse();
      if ("failures" in result) response.setFailuresList(toFailures(result.failures));
      else response.setReturn(toStruct(result.result));
      return response;
    }),
  };
}
