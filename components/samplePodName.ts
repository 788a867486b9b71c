import { createHash } from "node:crypto";
import { compareText } from "../trust/values";

const SUFFIX = "-irsa-sample-";
const FINGERPRINT = 8;
const MAX_NAME = 253;

/** Name of the sample pod of a ServiceAccount: the same for the same spec, another for any other. */
export function samplePodName(serviceAccount: string, spec: unknown): string {
  const fingerprint = createHash("sha256").update(canonical(spec)).digest("hex").slice(0, FINGERPRINT);
  return `${serviceAccount}${SUFFIX}${fingerprint}`;
}

/** Says why a ServiceAccount can have no sample pod, or undefined. */
export function samplePodNameProblem(serviceAccount: unknown): string | undefined {
  const longest = MAX_NAME - SUFFIX.length - FINGERPRINT;
  return typeof serviceAccount === "string" &&
    serviceAccount.length > longest &&
    serviceAccount.length <= MAX_NAME
    ? `is too long for a sample pod, whose name adds "${SUFFIX}" and ${FINGERPRINT} characters: at most ${longest}, or leave samplePod out`
    : undefined;
}

/** JSON with keys in order, so that the order in which a spec was written down does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => compareText(a, b)))
      : part,
  );
}
