import { Job } from "@pulumi/kubernetes/batch/v1/job";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../trust/values";
import type { Problem } from "./problems";
import { verificationJobName } from "./proofNames";
import { proofPodSpec } from "./proofPod";
import { verificationScript } from "./proofScript";
import type { PodRole } from "./serviceAccount";
import type { VerificationJobSettings } from "./types";

const DEFAULT_RETRIES = 5;
const MOST_RETRIES = 20;

/**
 * Makes the verification Job of one ServiceAccount in one cluster. It completes when STS has called one of its pods by the
 * role's name. A pod that was admitted too early for its ServiceAccount's annotation never gets credentials, however often
 * its container is restarted; of a Job with `restartPolicy: Never` every retry is a new pod, which does.
 *
 * Named by a fingerprint, as the sample pod is: the template of a Job cannot be changed.
 */
export function makeVerificationJob(
  name: string,
  serviceAccount: { namespace: pulumi.Input<string>; name: string },
  role: PodRole,
  settings: VerificationJobSettings,
  opts: pulumi.CustomResourceOptions,
): Job {
  const labels = { "app.kubernetes.io/name": "irsa-verification", ...settings.labels };
  const spec = {
    // The pauses between two pods double from ten seconds on.
    backoffLimit: settings.retries ?? DEFAULT_RETRIES,
    template: {
      metadata: { labels },
      spec: {
        ...proofPodSpec(serviceAccount.name, role, verificationScript(role.identity), settings, {}),
        restartPolicy: "Never",
      },
    },
  };
  const jobName = pulumi.output(spec).apply((known) => verificationJobName(serviceAccount.name, known));
  return new Job(
    name,
    {
      metadata: {
        name: jobName,
        namespace: serviceAccount.namespace,
        labels,
        // A Job that has failed stays so: the next `up` makes it anew.
        annotations: { "pulumi.com/replaceUnready": "true" },
      },
      spec,
    },
    pulumi.mergeOptions({ customTimeouts: { create: "15m", update: "15m" } }, opts),
  );
}

/** Faults of the verification Job's settings. */
export function verificationJobProblems({ retries = 0 }: VerificationJobSettings): Problem[] {
  return Number.isInteger(retries) && retries >= 0 && retries <= MOST_RETRIES
    ? []
    : [
        {
          propertyPath: "verificationJob.retries",
          reason: `is ${shown(retries)}: write a whole number from 0 to ${MOST_RETRIES}`,
        },
      ];
}
