import { type Annotations, identitySettings, type IdentitySettings, podSettings } from "./settings";

/** A pod as it stands in an admission request, as far as it is looked at. */
export interface Pod {
  metadata?: { annotations?: Record<string, string> };
  spec?: {
    serviceAccountName?: string;
    nodeSelector?: Record<string, string>;
    volumes?: { name?: string }[] | null;
    containers?: Container[];
    initContainers?: Container[] | null;
  };
}

export interface Container {
  name: string;
  env?: { name: string }[] | null;
  volumeMounts?: { name: string }[] | null;
}

/** One operation of a JSON patch. */
export interface PatchOperation {
  op: "add";
  path: string;
  value: unknown;
}

const VOLUME = "aws-iam-token";
const TOKEN = "token";
const MOUNT_PATH = "/var/run/secrets/eks.amazonaws.com/serviceaccount";

/**
 * How EKS changes a pod at its creation; undefined: not at all.
 * Source: getPodSpecPatch in https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/handler/handler.go
 * @param serviceAccount annotations of the pod's ServiceAccount
 */
export function injectionPatch(
  pod: Pod,
  serviceAccount: Annotations,
  region: string,
): PatchOperation[] | undefined {
  const settings = identitySettings(serviceAccount);
  if (!settings) {
    return undefined;
  }
  const own = podSettings(pod.metadata?.annotations);
  const tokenFile = tokenFileOf(pod);
  const change = (containers: Container[]) =>
    containers.map((container) =>
      own.skippedContainers.includes(container.name)
        ? container
        : injected(container, settings, tokenFile, region),
    );
  const { containers, initContainers } = pod.spec ?? {};
  return [
    ...volumePatch(pod, { ...settings, tokenExpiration: own.tokenExpiration ?? settings.tokenExpiration }),
    { op: "add", path: "/spec/containers", value: change(containers ?? []) },
    ...(initContainers?.length
      ? [{ op: "add", path: "/spec/initContainers", value: change(initContainers) } as const]
      : []),
  ];
}

function tokenFileOf(pod: Pod): string {
  const selector = pod.spec?.nodeSelector ?? {};
  const systems = [selector["kubernetes.io/os"], selector["beta.kubernetes.io/os"]];
  const file = `${MOUNT_PATH}/${TOKEN}`;
  return systems.includes("windows") ? `C:${file.replaceAll("/", "\\")}` : file;
}

function injected(
  container: Container,
  settings: IdentitySettings,
  tokenFile: string,
  region: string,
): Container {
  const env = container.env ?? [];
  const has = (...names: string[]) => env.some(({ name }) => names.includes(name));
  const hasIdentity = has("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE");
  const hasRegion = has("AWS_REGION", "AWS_DEFAULT_REGION");
  const hasSts = has("AWS_STS_REGIONAL_ENDPOINTS");
  if (hasIdentity && hasRegion && hasSts) {
    return container; // the token is not mounted either: whoever sets all of these knows what to do
  }
  const added = [
    ...(!hasSts && settings.regionalSts ? [{ name: "AWS_STS_REGIONAL_ENDPOINTS", value: "regional" }] : []),
    ...(hasRegion
      ? []
      : [
          { name: "AWS_DEFAULT_REGION", value: region },
          { name: "AWS_REGION", value: region },
        ]),
    ...(hasIdentity
      ? []
      : [
          { name: "AWS_ROLE_ARN", value: settings.roleArn },
          { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: tokenFile },
        ]),
  ];
  const mounts = container.volumeMounts ?? [];
  const mount = { name: VOLUME, readOnly: true, mountPath: MOUNT_PATH };
  return {
    ...container,
    env: [...env, ...added],
    volumeMounts: mounts.some(({ name }) => name === VOLUME) ? mounts : [...mounts, mount],
  };
}

function volumePatch(pod: Pod, settings: IdentitySettings): PatchOperation[] {
  const volumes = pod.spec?.volumes;
  if (volumes?.some(({ name }) => name === VOLUME)) {
    return [];
  }
  const { audience, tokenExpiration } = settings;
  const token = { audience, expirationSeconds: tokenExpiration, path: TOKEN };
  const volume = { name: VOLUME, projected: { sources: [{ serviceAccountToken: token }] } };
  return [
    volumes
      ? { op: "add", path: "/spec/volumes/0", value: volume }
      : { op: "add", path: "/spec/volumes", value: [volume] },
  ];
}
