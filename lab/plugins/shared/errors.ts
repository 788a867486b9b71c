import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { toStruct, type Properties } from "./values";

/** The resource exists, and yet the operation failed: the engine records it with its state, and the reasons. */
export class InitFailedError extends Error {
  constructor(
    readonly id: string,
    readonly state: Properties,
    readonly reasons: string[],
    readonly inputs?: Properties,
  ) {
    super(reasons.join("; "));
  }
}

/**
 * An error as gRPC carries it. Code UNKNOWN is what Go's server makes of a plain error, hence what the real plugins
 * send. A partial failure travels in `grpc-status-details-bin`, as in grpcResponseFromError of
 * https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/provider/server.ts.
 */
export function toServiceError(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof InitFailedError)) return { code: grpc.status.UNKNOWN, details: message };

  const detail = new ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(toStruct(error.state));
  if (error.inputs !== undefined) detail.setInputs(toStruct(error.inputs));
  detail.setReasonsList(error.reasons);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
