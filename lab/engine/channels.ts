import * as settings from "@pulumi/pulumi/runtime/settings";

/**
 * Gives each connection of the SDK to an engine a state of its own.
 *
 * grpc-js shares connections of one address over the whole process, and keeps the failed ones of an engine that has ended. A
 * later engine may listen at the same port by chance: its first calls would fail at once with "No connection established. Last
 * error: null", or, where the SDK takes that for the engine's end, a stack's outputs would be lost without a word.
 */
export function separateConnections(): void {
  const { grpcClientOptions } = settings as unknown as { grpcClientOptions?: Record<string, unknown> };
  if (!grpcClientOptions) {
    throw new Error("this version of @pulumi/pulumi has no grpcClientOptions: see lab/engine/channels.ts");
  }
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
}
