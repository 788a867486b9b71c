import { isProperties, type Properties } from "../shared/values";
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

/**
 * When a pod is ready, and what is said of one that is not, word for word:
 * https://github.com/pulumi/pulumi-kubernetes/blob/2cfdf108217ab786c3096c303dfca8fcb6c39f94/provider/pkg/await/checker/pod/check.go
 */
export const POD_CHECKS: readonly ReadinessCheck[] = [isScheduled, isInitialized, isReady];

// Why a pod is not scheduled is shown while it lasts, but is no part of the error.
function isScheduled(pod: Properties): CheckOutcome {
  const description = `Waiting for Pod "${qualifiedName(pod)}" to be scheduled`;
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "True") return { ok: true, description };
  const text = scheduled === undefined ? "" : reasonedMessage(scheduled);
  return { ok: false, description, ...(text !== "" && { message: { severity: "info", text } }) };
}

function isInitialized(pod: Properties): CheckOutcome {
  const description = `Waiting for Pod "${qualifiedName(pod)}" to be initialized`;
  return judge(pod, description, conditionOf(pod, "Initialized"), false);
}

function isReady(pod: Properties): CheckOutcome {
  const description = `Waiting for Pod "${qualifiedName(pod)}" to be ready`;
  const succeeded = partOf(pod, "status").phase === "Succeeded";
  return judge(pod, description, conditionOf(pod, "Ready"), succeeded);
}

function judge(
  pod: Properties,
  description: string,
  condition: Properties | undefined,
  succeeded: boolean,
): CheckOutcome {
  if (condition === undefined) return { ok: false, description };
  if (condition.status === "True" || succeeded) return { ok: true, description };
  const troubles = listOf(partOf(pod, "status"), "containerStatuses").flatMap(troublesOf);
  if (troubles.length === 0 && textOf(condition.message) === "") return { ok: false, description };
  const text = `[Pod ${qualifiedName(pod)}]: ${reasonedMessage(condition)}${troubles.join("\n")}`;
  return { ok: false, description, message: { severity: "warning", text } };
}

/** A condition's message counts only with a reason. */
const reasonedMessage = ({ reason, message }: Properties): string =>
  textOf(reason) === "" ? "" : textOf(message);

/** What a container's status tells: why it waits, how it ended, and how it ended last time. */
function troublesOf(status: Properties): string[] {
  if (status.ready === true) return [];
  const { waiting, terminated } = partOf(status, "state");
  const last = partOf(status, "lastState").terminated;
  return [
    ...(isProperties(waiting) ? whyWaiting(waiting) : []),
    ...(isProperties(terminated) ? howEnded(textOf(status.name), terminated) : []),
    ...(isProperties(last) ? howEndedLast(textOf(status.name), last) : []),
  ];
}

const whyWaiting = ({ reason, message }: Properties): string[] =>
  reason === "ContainerCreating" ? [] : [`[${textOf(reason)}] ${trimPullMessage(textOf(message))}`];

function howEnded(name: string, { reason, message, exitCode }: Properties): string[] {
  if (textOf(reason) === "") return [];
  if (textOf(message) !== "") return [`[${textOf(reason)}] ${trimPullMessage(textOf(message))}`];
  return [`container "${name}" completed with exit code ${numberOf(exitCode)}`];
}

function howEndedLast(name: string, { reason, message, exitCode, finishedAt }: Properties): string[] {
  const when = textOf(finishedAt) === "" ? "0001-01-01T00:00:00Z" : textOf(finishedAt); // Go's zero time
  const end = `container "${name}" terminated at ${when} (${textOf(reason)}: exit code ${numberOf(exitCode)})`;
  return textOf(message) === "" ? [end] : [end, textOf(message)];
}

const trimPullMessage = (message: string): string =>
  message
    .replace(/^rpc error: code = Unknown desc = Error response from daemon: /, "")
    .replace(/: manifest unknown$/, "");
