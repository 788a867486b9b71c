/** What of Kubernetes' objects the node reads and writes, as they stand in JSON. */

export interface Metadata {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
}

export interface Pod {
  metadata: Metadata;
  spec: PodSpec;
  status?: PodStatus;
}

export interface PodSpec {
  nodeName?: string;
  schedulerName?: string;
  schedulingGates?: { name: string }[];
  nodeSelector?: Record<string, string>;
  affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector } };
  serviceAccountName?: string;
  restartPolicy?: RestartPolicy;
  terminationGracePeriodSeconds?: number;
  activeDeadlineSeconds?: number;
  readinessGates?: { conditionType: string }[];
  volumes?: Volume[];
  initContainers?: Container[];
  containers: Container[];
}

export type RestartPolicy = "Always" | "OnFailure" | "Never";

export interface NodeSelector {
  nodeSelectorTerms: { matchExpressions?: NodeRequirement[]; matchFields?: NodeRequirement[] }[];
}

export interface NodeRequirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: Variable[];
  envFrom?: VariableSource[];
  volumeMounts?: VolumeMount[];
  readinessProbe?: Probe;
  /** Of an init container only: `Always` makes it one that runs beside the others. */
  restartPolicy?: string;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
}

interface KeyReference {
  name: string;
  key: string;
  optional?: boolean;
}

export interface Variable {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    configMapKeyRef?: KeyReference;
    secretKeyRef?: KeyReference;
  };
}

export interface VariableSource {
  prefix?: string;
  configMapRef?: { name: string; optional?: boolean };
  secretRef?: { name: string; optional?: boolean };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  subPathExpr?: string;
  readOnly?: boolean;
}

export interface Probe {
  exec?: { command?: string[] };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface KeyToPath {
  key: string;
  path: string;
}

export interface ObjectSource {
  name?: string;
  secretName?: string;
  items?: KeyToPath[];
  optional?: boolean;
}

export interface TokenSource {
  audience?: string;
  expirationSeconds?: number;
  path: string;
}

export interface DownwardSource {
  items?: { path: string; fieldRef?: { fieldPath: string } }[];
}

export interface ProjectedSource {
  serviceAccountToken?: TokenSource;
  configMap?: ObjectSource;
  secret?: ObjectSource;
  downwardAPI?: DownwardSource;
}

export interface Volume {
  name: string;
  emptyDir?: object;
  configMap?: ObjectSource;
  secret?: ObjectSource;
  downwardAPI?: DownwardSource;
  projected?: { sources?: ProjectedSource[] };
}

export interface TerminatedState {
  exitCode: number;
  signal?: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
  containerID?: string;
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: TerminatedState;
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}

export interface Condition {
  type: string;
  status: "True" | "False";
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastProbeTime?: null;
  observedGeneration?: number;
}

export type Phase = "Pending" | "Running" | "Succeeded" | "Failed";

export interface PodStatus {
  phase?: Phase;
  reason?: string | null;
  message?: string | null;
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  startTime?: string;
  hostIP?: string;
  hostIPs?: { ip: string }[];
  podIP?: string;
  podIPs?: { ip: string }[];
  observedGeneration?: number;
}

/** A time as Kubernetes writes it: whole seconds. */
export function kubernetesTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** As kubelet names a pod in messages. Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/util/format/pod.go */
export function describePod({ metadata: { name, namespace, uid } }: Pick<Pod, "metadata">): string {
  return `${name}_${namespace}(${uid})`;
}
