import type { Properties } from "../../../lab/plugins/shared/server";

export const condition = (type: string, status: string, message = ""): Properties => ({
  type,
  status,
  ...(message !== "" && { reason: "Because", message }),
});
export const pod = (status: Properties = {}, annotations: Properties = {}, name = "p"): Properties => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default", annotations },
  status,
});
export const job = (status: Properties = {}, annotations: Properties = {}): Properties => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "j", namespace: "default", annotations },
  status,
});
export const STARTED = [condition("PodScheduled", "True"), condition("Initialized", "True")];
export const READY = { conditions: [...STARTED, condition("Ready", "True")] };
export const CRASHING = {
  conditions: [...STARTED, condition("Ready", "False", "containers with unready status: [x]")],
  containerStatuses: [
    {
      name: "x",
      ready: false,
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s restarting" } },
      lastState: {
        terminated: {
          exitCode: 1,
          reason: "Error",
          message: "AccessDenied: not you\n",
          finishedAt: "2026-01-02T03:04:05Z",
        },
      },
    },
  ],
};
export const CRASH_TEXT =
  "[Pod p]: containers with unready status: [x][CrashLoopBackOff] back-off 10s restarting\n" +
  'container "x" terminated at 2026-01-02T03:04:05Z (Error: exit code 1)\nAccessDenied: not you\n';
export const COMPLETE = { startTime: "t", conditions: [condition("Complete", "True")] };
export const FAILED = {
  startTime: "t",
  failed: 1,
  conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "limit" }],
};
