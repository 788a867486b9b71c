/** A kind of object that can be deployed here, and how it is reached. */
export interface Kind {
  apiVersion: string;
  kind: string;
  /** The name in paths: `serviceaccounts`. */
  plural: string;
  namespaced: boolean;
  /** Fields whose change needs a new object, as paths: `.spec.containers[*].image`. */
  forceNew: string[];
  /** Is the resource a Patch: some fields of an object that others made? */
  patch?: true;
}

// The force-new fields are those of
// https://github.com/pulumi/pulumi-kubernetes/blob/cafe8c4ac4de156415093291bffc63b6e1c97d1e/provider/pkg/provider/diff.go
const IDENTITY = [".metadata.name", ".metadata.namespace"];

const POD_SPEC = [
  "affinity",
  "automountServiceAccountToken",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostname",
  "imagePullSecrets",
  "nodeName",
  "nodeSelector",
  "overhead",
  "preemptionPolicy",
  "priority",
  "priorityClassName",
  "readinessGates",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccount",
  "serviceAccountName",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "volumes",
];

const CONTAINER = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resources",
  "securityContext",
  "stdin",
  "stdinOnce",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];

export const POD: Kind = core("Pod", "pods", true, [
  ...POD_SPEC.map((field) => `.spec.${field}`),
  ...CONTAINER.map((field) => `.spec.containers[*].${field}`),
  ...CONTAINER.map((field) => `.spec.initContainers[*].${field}`),
]);

const NAMESPACE = core("Namespace", "namespaces", false, []);
const SERVICE_ACCOUNT = core("ServiceAccount", "serviceaccounts", true, []);

const KINDS: Record<string, Kind> = {
  "kubernetes:batch/v1:Job": {
    apiVersion: "batch/v1",
    kind: "Job",
    plural: "jobs",
    namespaced: true,
    forceNew: [...IDENTITY, ".spec.completions", ".spec.parallelism", ".spec.selector", ".spec.template"],
  },
  "kubernetes:core/v1:ConfigMap": core("ConfigMap", "configmaps", true, [".binaryData", ".data"]),
  "kubernetes:core/v1:Namespace": NAMESPACE,
  "kubernetes:core/v1:NamespacePatch": patchOf(NAMESPACE),
  "kubernetes:core/v1:Pod": POD,
  "kubernetes:core/v1:Secret": core("Secret", "secrets", true, [".type", ".stringData", ".data"]),
  "kubernetes:core/v1:ServiceAccount": SERVICE_ACCOUNT,
  "kubernetes:core/v1:ServiceAccountPatch": patchOf(SERVICE_ACCOUNT),
};

function core(kind: string, plural: string, namespaced: boolean, forceNew: string[]): Kind {
  return { apiVersion: "v1", kind, plural, namespaced, forceNew: [...IDENTITY, ...forceNew] };
}

/** For what a Patch says its object is never made anew: only another object needs another Patch (Diff in the plugin's provider.go). */
function patchOf(kind: Kind): Kind {
  return { ...kind, forceNew: IDENTITY, patch: true };
}

/** The kind behind a resource type; refuses what this stand-in does not know. */
export function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined) {
    throw new Error(
      `the lab's stand-in for Kubernetes does not know ${type}: it knows ${Object.keys(KINDS).join(", ")}`,
    );
  }
  return kind;
}

/** Where the objects of a kind are. */
export function collectionOf(kind: Kind, namespace: string): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${kind.plural}`;
}

/** Where one of them is. */
export const pathOf = (kind: Kind, namespace: string, name: string): string =>
  `${collectionOf(kind, namespace)}/${encodeURIComponent(name)}`;
