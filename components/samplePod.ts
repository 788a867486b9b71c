import { Pod } from "@pulumi/kubernetes/core/v1/pod";
import * as pulumi from "@pulumi/pulumi";
import { samplePodName } from "./proofNames";
import { proofPodSpec } from "./proofPod";
import { samplePodScript } from "./proofScript";
import type { PodRole } from "./serviceAccount";
import type { SamplePodSettings } from "./types";

/**
 * Makes the sample pod of one ServiceAccount in one cluster. It becomes ready when STS calls it by the role's name, and
 * stays up for `kubectl exec`; a changed role ARN makes a new pod, since a running one keeps what it was born with.
 *
 * Its name ends in a fingerprint of its spec. Hardly anything of a pod can be changed, and under a fixed name a preview of
 * its replacement fails: the API server takes it for an update of the pod that is there.
 */
export function makeSamplePod(
  name: string,
  serviceAccount: { namespace: pulumi.Input<string>; name: string },
  role: PodRole,
  settings: SamplePodSettings,
  opts: pulumi.CustomResourceOptions,
): Pod {
  const labels = { "app.kubernetes.io/name": "irsa-sample", ...settings.labels };
  const spec = proofPodSpec(serviceAccount.name, role, samplePodScript(role.identity), settings, {
    readinessProbe: {
      exec: { command: ["sh", "-c", 'test -f "$HOME/ready"'] },
      periodSeconds: 2,
      // The file appears when STS has answered, which may take a minute; until then the pod is just not ready.
      failureThreshold: 1,
    },
  });
  const podName = pulumi.output(spec).apply((known) => samplePodName(serviceAccount.name, known));
  return new Pod(
    name,
    { metadata: { name: podName, namespace: serviceAccount.namespace, labels }, spec },
    pulumi.mergeOptions(
      {
        // Image pull, a node that has to be started first, and a minute of retries.
        customTimeouts: { create: "5m", update: "5m" },
        // EKS's webhook puts the token's volume before the pod's own. The plugin compares lists by position, and would make
        // the pod anew in every `up`.
        ignoreChanges: ["spec.volumes"],
      },
      opts,
    ),
  );
}
