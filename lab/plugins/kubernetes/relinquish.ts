import type { Properties } from "../shared/values";
import { applyRequest } from "./apply";
import type { KubernetesClient } from "./client";
import type { Kind } from "./kinds";
import { nameOf, namespaceOf } from "./objects";

/**
 * Gives up all fields of a field manager: by applying nothing but the object's identity. Fields that nobody else manages go, the
 * object stays. Relinquish in
 * https://github.com/pulumi/pulumi-kubernetes/blob/8dbffef7a707726c6a88184c45a232ddc8fafa99/provider/pkg/ssa/actions.go
 * which does not look whether the object is still there either: applied to none, the identity is an object.
 */
export async function relinquish(
  client: KubernetesClient,
  kind: Kind,
  live: Properties,
  fieldManager: string,
): Promise<void> {
  const namespace = namespaceOf(live);
  const identity = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { name: nameOf(live) ?? "", ...(namespace === undefined ? {} : { namespace }) },
  };
  await client.request(applyRequest(kind, identity, { fieldManager }));
}
