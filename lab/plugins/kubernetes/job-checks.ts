import type { Properties } from "../shared/values";
import {
  conditionOf,
  listOf,
  numberOf,
  partOf,
  qualifiedName,
  textOf,
  type CheckOutcome,
  type ReadinessCheck,
} from "./checks";
import { nameOf } from "./objects";

/**
 * When a Job is ready, which is when it is done:
 * https://github.com/pulumi/pulumi-kubernetes/blob/977bcbf967c2178f9ca7bba30d9510269f0c78f1/provider/pkg/await/checker/job/check.go
 */
export const JOB_CHECKS: readonly ReadinessCheck[] = [hasStarted, isComplete];

/** Failures for other reasons (a pod failure policy's) end a Job as well, and yet the real plugin waits on. */
const FINAL = ["BackoffLimitExceeded", "DeadlineExceeded"];

function hasStarted(job: Properties): CheckOutcome {
  const ok = textOf(partOf(job, "status").startTime) !== "";
  return { ok, description: `Waiting for Job "${qualifiedName(job)}" to start` };
}

function isComplete(job: Properties): CheckOutcome {
  const { active, succeeded, failed } = partOf(job, "status");
  const count = `Active: ${numberOf(active)} | Succeeded: ${numberOf(succeeded)} | Failed: ${numberOf(failed)}`;
  const description = `Waiting for Job "${qualifiedName(job)}" to succeed (${count})`;
  const failure = conditionOf(job, "Failed");
  if (failure?.status === "True" && FINAL.includes(textOf(failure.reason))) {
    const text = `[${textOf(failure.reason)}] ${textOf(failure.message)}`;
    return { ok: false, description, message: { severity: "error", text } };
  }
  return { ok: conditionOf(job, "Complete")?.status === "True", description };
}

/**
 * Is it a pod of this Job? isOwnedBy in
 * https://github.com/pulumi/pulumi-kubernetes/blob/07dd1ba66ef2a124c878f270ab154541d8a77a34/provider/pkg/await/util.go
 */
export const isPodOf = (job: Properties, pod: Properties): boolean =>
  listOf(partOf(pod, "metadata"), "ownerReferences").some(
    ({ kind, name }) => kind === "Job" && name === nameOf(job),
  );
