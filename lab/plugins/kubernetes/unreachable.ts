import type { EngineLog } from "../shared/engine-log";

export const UNREACHABLE = "configured Kubernetes cluster is unreachable";

const REFUSALS = {
  read: "failed to read resource state due to unreachable cluster",
  delete: UNREACHABLE,
};

const WAY_OUT =
  "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
  'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';

/**
 * Lets an object of a cluster that does not answer be forgotten, if the user has said so; else throws with the way out. Read and
 * Delete in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 */
export async function forgetUnreachable(
  operation: keyof typeof REFUSALS,
  reason: string,
  deleteUnreachable: boolean,
  log: EngineLog,
): Promise<void> {
  await log("warning", `${UNREACHABLE}: ${reason}`);
  if (!deleteUnreachable) throw new Error(`${REFUSALS[operation]}. ${WAY_OUT}`);
  await log(
    "info",
    `${UNREACHABLE} and the \`deleteUnreachable\` option is enabled. ` +
      "Deleting the unreachable resource from Pulumi state",
  );
}
