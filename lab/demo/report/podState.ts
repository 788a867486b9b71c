import { listOf, recordOf, textOf } from "./state";

/** How a pod is, in words, and whether that is good. */
export interface PodState {
  text: string;
  mood: "good" | "waiting" | "bad" | "none";
}

/**
 * How a pod is, by the `status` that the state has of it.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
export function podState(status: unknown): PodState {
  const { phase, conditions } = recordOf(status);
  const name = textOf(phase) ?? "";
  if (name === "") {
    return { text: "not run", mood: "none" };
  }
  const ready = listOf(conditions)
    .map(recordOf)
    .find(({ type }) => type === "Ready");
  const isReady = ready?.status === "True";
  if (name === "Running") {
    return isReady
      ? { text: "Running, ready", mood: "good" }
      : { text: "Running, not ready", mood: "waiting" };
  }
  const reason = textOf(ready?.reason);
  const moods: Record<string, PodState["mood"]> = { Pending: "waiting", Succeeded: "good" };
  return { text: reason === undefined ? name : `${name}: ${reason}`, mood: moods[name] ?? "bad" };
}
