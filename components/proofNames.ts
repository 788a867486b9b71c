import { createHash } from "node:crypto";
import { compareText } from "../trust/values";

const SAMPLE = "-irsa-sample-";
const VERIFICATION = "-irsa-verification-";
const FINGERPRINT = 8;
const MAX_NAME = 253;
/** The name of a Job is a label of its pods. */
const MAX_JOB_NAME = 63;

/** Name of the sample pod of a ServiceAccount: the same for the same spec, another for any other. */
export function samplePodName(serviceAccount: string, spec: unknown): string {
  return `${serviceAccount}${SAMPLE}${fingerprint(spec)}`;
}

/** Says why a ServiceAccount can have no sample pod, or undefined. */
export function samplePodNameProblem(serviceAccount: unknown): string | undefined {
  const longest = MAX_NAME - SAMPLE.length - FINGERPRINT;
  return typeof serviceAccount === "string" &&
    serviceAccount.length > longest &&
    serviceAccount.length <= MAX_NAME
    ? `is too long for a sample pod, whose name adds "${SAMPLE}" and ${FINGERPRINT} characters: at most ${longest}, or leave samplePod out`
    : undefined;
}

/**
 * Name of the verification Job of a ServiceAccount: a DNS label, since pods and host names are made of it. What of the
 * ServiceAccount's name is lost by that stands in the spec, and so in the fingerprint.
 */
export function verificationJobName(serviceAccount: string, spec: unknown): string {
  const short = serviceAccount
    .slice(0, MAX_JOB_NAME - VERIFICATION.length - FINGERPRINT)
    .replaceAll(".", "-")
    .replace(/-+$/, "");
  return `${short}${VERIFICATION}${fingerprint(spec)}`;
}

function fingerprint(spec: unknown): string {
  return createHash("sha256").update(canonical(spec)).digest("hex").slice(0, FINGERPRINT);
}

/** JSON with keys in order, so that the order in which a spec was written down does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => compareText(a, b)))
      : part,
  );
}
