import { IdentityMode } from "../trust/types";
import { hasPodIdentity } from "./identity";
import type { PodRole } from "./serviceAccount";
import type { SamplePodSettings } from "./types";

/** The image of pods that prove their role, unless another is given. */
const PROOF_IMAGE = "amazon/aws-cli:2.37.5";

/** An unprivileged user; the image has no other than root. */
const USER = 65534;
const HOME = "/home/irsa-sample";
const TERMINATION_LOG = "/dev/termination-log";

/**
 * Spec of a pod that asks STS who it is: admitted under the restricted Pod Security Standard, with AWS's error as its
 * termination message.
 *
 * @param container what its container has beside.
 */
export function proofPodSpec<Container extends object>(
  serviceAccountName: string,
  role: PodRole,
  script: string,
  settings: SamplePodSettings,
  container: Container,
) {
  return {
    serviceAccountName,
    // What the pod needs of Kubernetes is the token of IRSA, which comes in a volume of its own.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    nodeSelector: { ...settings.nodeSelector, "kubernetes.io/os": "linux" },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      // The token's file belongs to this group.
      fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [{ ...proofContainer(role, script, settings), ...container }],
    volumes: [{ name: "home", emptyDir: { sizeLimit: "64Mi" } }],
  };
}

/**
 * What a pod carries of its mode, so that another mode makes another pod: a pod keeps what it was born with. Undefined with IRSA alone.
 *
 * On the way back to IRSA pods are made before the associations go, and so have Pod Identity still: they are made anew when it is over.
 */
function modeOf({ identity, leavesPodIdentity = false }: PodRole): string | undefined {
  if (hasPodIdentity(identity)) return identity;
  return leavesPodIdentity ? `${identity}, ${IdentityMode.PodIdentity} accepted` : undefined;
}

function proofContainer(role: PodRole, script: string, settings: SamplePodSettings) {
  const { arn, sessionsOf = arn } = role;
  const mode = modeOf(role);
  return {
    name: "aws-cli",
    image: settings.image ?? PROOF_IMAGE,
    command: ["sh", "-c", script],
    env: [
      { name: "EXPECTED_ROLE_ARN", value: sessionsOf },
      ...(mode === undefined ? [] : [{ name: "IDENTITY", value: mode }]),
      { name: "HOME", value: HOME },
      { name: "TERMINATION_LOG", value: TERMINATION_LOG },
      // Without credentials of its own the CLI would fall back on the node's role.
      { name: "AWS_EC2_METADATA_DISABLED", value: "true" },
    ],
    workingDir: HOME,
    volumeMounts: [{ name: "home", mountPath: HOME }],
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
