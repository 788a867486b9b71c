import { type CredentialMethod, podIdentityMethod, webIdentityMethod } from "./methods";
import {
  type Annotations,
  type InjectionSettings,
  injectionSettings,
  podSettings,
  webIdentity,
} from "./settings";

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

/** What decides how the pods of a ServiceAccount are injected. */
export interface PodOwner {
  /** Annotations of the ServiceAccount. */
  annotations: Annotations;
  /** Where the agent gives credentials to its pods, if it has a Pod Identity association; then its role does not count. */
  agentUri?: string;
}

/** What is injected into each container. */
interface Injection extends InjectionSettings {
  method: CredentialMethod;
  tokenFile: string;
  region: string;
}

/**
 * How EKS changes a pod at its creation; undefined: not at all. An association goes before an annotation.
 * Source: buildPodPatchConfig and getPodSpecPatch in
 * https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/handler/handler.go
 */
export function injectionPatch(pod: Pod, owner: PodOwner, region: string): PatchOperation[] | undefined {
  const method = methodOf(owner);
  if (!method) {
    return undefined;
  }
  const settings = injectionSettings(owner.annotations);
  const own = podSettings(pod.metadata?.annotations);
  const injection = { ...settings, method, tokenFile: tokenFileOf(pod, method), region };
  const change = (containers: Container[]) =>
    containers.map((container) =>
      own.skippedContainers.includes(container.name) ? container : injected(container, injection),
    );
  const { containers, initContainers } = pod.spec ?? {};
  return [
    ...volumePatch(pod, method, own.tokenExpiration ?? settings.tokenExpiration),
    { op: "add", path: "/spec/containers", value: change(containers ?? []) },
    ...(initContainers?.length
      ? [{ op: "add", path: "/spec/initContainers", value: change(initContainers) } as const]
      : []),
  ];
}

function methodOf({ annotations, agentUri }: PodOwner): CredentialMethod | undefined {
  if (agentUri !== undefined) {
    return podIdentityMethod(agentUri);
  }
  const identity = webIdentity(annotations);
  return identity && webIdentityMethod(identity);
}

function tokenFileOf(pod: Pod, { mountPath, token }: CredentialMethod): string {
  const selector = pod.spec?.nodeSelector ?? {};
  const systems = [selector["kubernetes.io/os"], selector["beta.kubernetes.io/os"]];
  const file = `${mountPath}/${token}`;
  return systems.includes("windows") ? `C:${file.replaceAll("/", "\\")}` : file;
}

function injected(container: Container, injection: Injection): Container {
  const { method, region, regionalSts } = injection;
  const identity = method.variables(injection.tokenFile);
  const env = container.env ?? [];
  const has = (...names: string[]) => env.some(({ name }) => names.includes(name));
  const hasIdentity = has(...identity.map(({ name }) => name));
  const hasRegion = has("AWS_REGION", "AWS_DEFAULT_REGION");
  const hasSts = has("AWS_STS_REGIONAL_ENDPOINTS");
  if (hasIdentity && hasRegion && hasSts) {
    return container; // the token is not mounted either: whoever sets all of these knows what to do
  }
  const added = [
    ...(!hasSts && regionalSts ? [{ name: "AWS_STS_REGIONAL_ENDPOINTS", value: "regional" }] : []),
    ...(hasRegion
      ? []
      : [
          { name: "AWS_DEFAULT_REGION", value: region },
          { name: "AWS_REGION", value: region },
        ]),
    ...(hasIdentity ? [] : identity),
  ];
  const mounts = container.volumeMounts ?? [];
  const mount = { name: method.volume, readOnly: true, mountPath: method.mountPath };
  return {
    ...container,
    env: [...env, ...added],
    volumeMounts: mounts.some(({ name }) => name === method.volume) ? mounts : [...mounts, mount],
  };
}

function volumePatch(pod: Pod, method: CredentialMethod, expirationSeconds: number): PatchOperation[] {
  const volumes = pod.spec?.volumes;
  if (volumes?.some(({ name }) => name === method.volume)) {
    return [];
  }
  const token = { audience: method.audience, expirationSeconds, path: method.token };
  const volume = { name: method.volume, projected: { sources: [{ serviceAccountToken: token }] } };
  return [
    volumes
      ? { op: "add", path: "/spec/volumes/0", value: volume }
      : { op: "add", path: "/spec/volumes", value: [volume] },
  ];
}
