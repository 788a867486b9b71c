import { Pod } from "@pulumi/kubernetes/core/v1/pod";
import * as pulumi from "@pulumi/pulumi";
import { samplePodName } from "./samplePodName";
import { SAMPLE_POD_SCRIPT } from "./samplePodScript";
import type { SamplePodSettings } from "./types";

/** The image of sample pods, unless another is given. */
export const SAMPLE_POD_IMAGE = "amazon/aws-cli:2.37.5";

/** An unprivileged user; the image has no other than root. */
const USER = 65534;
const HOME = "/home/irsa-sample";
const TERMINATION_LOG = "/dev/termination-log";

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
  roleArn: pulumi.Input<string>,
  settings: SamplePodSettings,
  opts: pulumi.CustomResourceOptions,
): Pod {
  const labels = { "app.kubernetes.io/name": "irsa-sample", ...settings.labels };
  const spec = {
    serviceAccountName: serviceAccount.name,
    // What the pod needs of Kubernetes is the token of IRSA, which comes in a volume of its own.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    nodeSelector: { "kubernetes.io/os": "linux", ...settings.nodeSelector },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      // The token's file belongs to this group.
      fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [sampleContainer(roleArn, settings)],
    volumes: [{ name: "home", emptyDir: { sizeLimit: "64Mi" } }],
  };
  const podName = pulumi.output(spec).apply((known) => samplePodName(serviceAccount.name, known));
  return new Pod(
    name,
    { metadata: { name: podName, namespace: serviceAccount.namespace, labels }, spec },
    // Image pull, a node that has to be started first, and a minute of retries.
    pulumi.mergeOptions({ customTimeouts: { create: "5m", update: "5m" } }, opts),
  );
}

function sampleContainer(roleArn: pulumi.Input<string>, settings: SamplePodSettings) {
  return {
    name: "aws-cli",
    image: settings.image ?? SAMPLE_POD_IMAGE,
    command: ["sh", "-c", SAMPLE_POD_SCRIPT],
    env: [
      { name: "EXPECTED_ROLE_ARN", value: roleArn },
      { name: "HOME", value: HOME },
      { name: "TERMINATION_LOG", value: TERMINATION_LOG },
      // Without credentials of its own the CLI would fall back on the node's role.
      { name: "AWS_EC2_METADATA_DISABLED", value: "true" },
    ],
    workingDir: HOME,
    volumeMounts: [{ name: "home", mountPath: HOME }],
    readinessProbe: {
      exec: { command: ["sh", "-c", 'test -f "$HOME/ready"'] },
      periodSeconds: 2,
      // The file appears when STS has answered, which may take a minute; until then the pod is just not ready.
      failureThreshold: 1,
    },
    resources: { requests: { cpu: "10m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    terminationMessagePath: TERMINATION_LOG,
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}
