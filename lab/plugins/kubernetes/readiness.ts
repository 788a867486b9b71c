import type { EngineLog, Severity } from "../shared/engine-log";
import type { Properties } from "../shared/values";
import { runChecks, type CheckOutcome } from "./checks";
import { isPodOf, JOB_CHECKS } from "./job-checks";
import type { Kind } from "./kinds";
import { POD_CHECKS } from "./pod-checks";

/** What is seen of an object while it becomes ready, and what was said meanwhile. */
export interface Readiness {
  /** Looks at the object as it is now. */
  see(object: Properties): "ready" | "failed" | "pending";
  /** Looks at a pod that may belong to it; true when that has something to say. */
  seePod?(object: Properties, pod: Properties): boolean;
  /** What is wrong, for the error. */
  troubles(): string[];
}

/** How a kind becomes ready; undefined: it is ready as soon as it exists. */
export function readinessOf(kind: Kind, log: EngineLog): Readiness | undefined {
  const say = onceEach(log);
  if (kind.kind === "Pod") return new PodReadiness(say);
  if (kind.kind === "Job") return new JobReadiness(say);
  return undefined;
}

/** https://github.com/pulumi/pulumi-kubernetes/blob/4c15d1d6ca3a52fdc6f61de93d775b742da805fa/provider/pkg/await/pod.go */
class PodReadiness implements Readiness {
  private last: CheckOutcome[] = [];

  constructor(private readonly say: Say) {}

  see(pod: Properties): "ready" | "pending" {
    const { ready, outcomes } = runChecks(POD_CHECKS, pod);
    this.last = outcomes;
    for (const { description } of outcomes) this.say("info", description);
    return ready ? "ready" : "pending";
  }

  troubles(): string[] {
    return messagesOf(this.last).map(({ text }) => text);
  }
}

/** https://github.com/pulumi/pulumi-kubernetes/blob/2cfdf108217ab786c3096c303dfca8fcb6c39f94/provider/pkg/await/job.go */
class JobReadiness implements Readiness {
  private readonly said = new Set<string>();

  constructor(private readonly say: Say) {}

  see(job: Properties): "ready" | "failed" | "pending" {
    const { ready, outcomes } = runChecks(JOB_CHECKS, job);
    const messages = messagesOf(outcomes);
    for (const { text } of messages) this.said.add(text);
    for (const { description } of outcomes) this.say("info", description);
    if (messages.some(({ severity }) => severity === "error")) return "failed";
    return ready ? "ready" : "pending";
  }

  seePod(job: Properties, pod: Properties): boolean {
    if (!isPodOf(job, pod)) return false;
    const messages = messagesOf(runChecks(POD_CHECKS, pod).outcomes);
    for (const { severity, text } of messages) {
      this.said.add(text);
      // Every Job's pods are unready for a while: that is not shown, but counts when the Job fails.
      if (!text.includes("containers with unready status")) this.say(severity, text);
    }
    return messages.length > 0;
  }

  troubles(): string[] {
    return [...this.said];
  }
}

const messagesOf = (outcomes: CheckOutcome[]) =>
  outcomes.flatMap(({ message }) => (message === undefined || message.severity === "info" ? [] : [message]));

type Say = (severity: Severity, message: string) => void;

/** Shows what goes on, each message once. */
function onceEach(log: EngineLog): Say {
  const shown = new Set<string>();
  return (severity, message) => {
    if (shown.has(message)) return;
    shown.add(message);
    void log(severity, message, true);
  };
}
