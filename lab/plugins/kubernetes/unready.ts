import type { EngineLog } from "../shared/engine-log";
import type { CheckFailure } from "../shared/handlers";
import type { Properties } from "../shared/values";
import { namespaceOrDefault } from "./check";
import { runChecks } from "./checks";
import type { Connection } from "./connection";
import { REPLACE_UNREADY } from "./diff";
import { JOB_CHECKS } from "./job-checks";
import { pathOf, type Kind } from "./kinds";
import { annotationOf, nameOf } from "./objects";
import { skipsWaiting } from "./wait";

/** Is it a Job that is not done, and is to be made anew in that case? One that cannot be read is not. */
export async function isToBeReplaced(
  connection: Connection,
  kind: Kind,
  inputs: Properties,
  log: EngineLog,
): Promise<boolean> {
  if (annotationOf(inputs, REPLACE_UNREADY) !== "true") return false;
  if (kind.kind !== "Job") {
    await log("warning", "replaceUnready annotation is not supported for this resource");
    return false;
  }
  const name = nameOf(inputs);
  if (!("client" in connection) || name === undefined) return false;
  const path = pathOf(kind, namespaceOrDefault(inputs), name);
  const job = await connection.client.request({ path }).catch(() => undefined);
  return job !== undefined && !runChecks(JOB_CHECKS, job).ready;
}

/** The real plugin waits for what this annotation names; to go on without would say "ready" of what is not. */
export function findUnsupported(inputs: Properties): CheckFailure[] {
  if (annotationOf(inputs, "pulumi.com/waitFor") === undefined || skipsWaiting(inputs)) return [];
  const reason = "the lab's stand-in for Kubernetes does not support the annotation pulumi.com/waitFor";
  return [{ property: "metadata.annotations", reason }];
}
