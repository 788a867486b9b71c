import {
  type Condition,
  type ContainerStatus,
  kubernetesTime,
  type Phase,
  type Pod,
  type PodSpec,
  type PodStatus,
} from "./objects";

/** Where every pod of the node is; and the node itself. */
export const ADDRESS = "127.0.0.1";

/** Why a pod failed as a whole, whatever its containers did. */
export interface Failure {
  reason: string;
  message: string;
}

/** What is known of a pod's containers, in the order of its description. */
export interface PodState {
  init: ContainerStatus[];
  main: ContainerStatus[];
  /** The pod's folder and volumes are there. */
  prepared: boolean;
  /** Its containers are not started again, whatever its restart policy. */
  ended: boolean;
  failure?: Failure;
  startTime: string;
}

/** Whether a container that ended is to be started again. */
export function restarts(policy: PodSpec["restartPolicy"], exitCode: number): boolean {
  return policy === "Never" ? false : policy === "OnFailure" ? exitCode !== 0 : true;
}

const exitCodeOf = ({ state, lastState }: ContainerStatus) =>
  (state.terminated ?? lastState.terminated)?.exitCode;

/**
 * The phase of a pod. Source: getPhase in
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go
 */
export function phaseOf(spec: Pick<PodSpec, "restartPolicy">, state: PodState): Phase {
  if (state.failure) return "Failed";
  for (const container of state.init) {
    const exitCode = exitCodeOf(container);
    if (container.state.running || exitCode === undefined) return "Pending";
    if (exitCode !== 0) return restarts(spec.restartPolicy, exitCode) ? "Pending" : "Failed";
  }
  const exitCodes = state.main.map(exitCodeOf);
  if (state.main.some((one) => one.state.waiting && !one.lastState.terminated)) return "Pending";
  if (state.main.some((one) => one.state.running)) return "Running";
  const again = exitCodes.some((code) => code !== undefined && restarts(spec.restartPolicy, code));
  if (again && !state.ended) return "Running";
  return exitCodes.every((code) => code === 0) ? "Succeeded" : "Failed";
}

type Judgement = Pick<Condition, "status" | "reason" | "message">;

function names(containers: ContainerStatus[]): string {
  return `[${containers.map(({ name }) => name).join(" ")}]`;
}

/** Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/status/generate.go */
function containersReady(phase: Phase, main: ContainerStatus[]): Judgement {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  const unready = main.filter(({ ready }) => !ready);
  if (unready.length === 0) return { status: "True" };
  const message = `containers with unready status: ${names(unready)}`;
  return { status: "False", reason: "ContainersNotReady", message };
}

function podReady(pod: Pod, ready: Judgement, others: Condition[]): Judgement {
  if (ready.status === "False") return ready;
  const problems = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = others.find(({ type }) => type === conditionType);
    const gate = `pod readiness gate ${JSON.stringify(conditionType)}`;
    if (!found) return [`corresponding condition of ${gate} does not exist.`];
    return found.status === "True" ? [] : [`the status of ${gate} is not "True", but ${found.status}`];
  });
  if (problems.length === 0) return ready;
  return { status: "False", reason: "ReadinessGatesNotReady", message: problems.join(", ") };
}

function initialized(phase: Phase, { init, main }: PodState): Judgement {
  if (phase === "Succeeded") return { status: "True", reason: "PodCompleted" };
  const incomplete = init.filter(({ ready }) => !ready);
  const mainStarted = main.some(({ state, lastState }) => state.running ?? exitCode({ state, lastState }));
  if (mainStarted || incomplete.length === 0) return { status: "True" };
  const message = `containers with incomplete status: ${names(incomplete)}`;
  return { status: "False", reason: "ContainersNotInitialized", message };
}

function exitCode({ state, lastState }: Pick<ContainerStatus, "state" | "lastState">) {
  return state.terminated ?? lastState.terminated;
}

const OWN = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

function conditionsOf(pod: Pod, phase: Phase, state: PodState, now: number): Condition[] {
  const before = pod.status?.conditions ?? [];
  const others = before.filter(({ type }) => !OWN.includes(type));
  const ready = containersReady(phase, state.main);
  // When all has ended there is no sandbox any more.
  const sandbox = state.prepared && phase !== "Succeeded" && phase !== "Failed";
  const judgements: Record<string, Judgement> = {
    PodReadyToStartContainers: { status: sandbox ? "True" : "False" },
    Initialized: initialized(phase, state),
    Ready: podReady(pod, ready, others),
    ContainersReady: ready,
    PodScheduled: { status: "True" },
  };
  const own = Object.entries(judgements).map(([type, judgement]): Condition => {
    const old = before.find((condition) => condition.type === type);
    const since = old?.status === judgement.status ? old.lastTransitionTime : undefined;
    return {
      type,
      ...judgement,
      lastProbeTime: null,
      lastTransitionTime: since ?? kubernetesTime(now),
      ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    };
  });
  return [...others, ...own];
}

/** The status that a kubelet reports for a pod whose containers are in this state. */
export function podStatus(pod: Pod, state: PodState, now: number): PodStatus {
  const phase = phaseOf(pod.spec, state);
  return {
    phase,
    reason: state.failure?.reason ?? null,
    message: state.failure?.message ?? null,
    conditions: conditionsOf(pod, phase, state, now),
    containerStatuses: state.main,
    ...(state.init.length ? { initContainerStatuses: state.init } : {}),
    startTime: state.startTime,
    hostIP: ADDRESS,
    hostIPs: [{ ip: ADDRESS }],
    ...(state.prepared ? { podIP: ADDRESS, podIPs: [{ ip: ADDRESS }] } : {}),
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
  };
}
