const SUFFIX = "-irsa-sample";
const MAX_NAME = 253;

/** Name of the sample pod of a ServiceAccount: fixed, so that it can be typed after `kubectl exec`. */
export function samplePodName(serviceAccount: string): string {
  return `${serviceAccount}${SUFFIX}`;
}

/** Says why a ServiceAccount can have no sample pod, or undefined. */
export function samplePodNameProblem(serviceAccount: unknown): string | undefined {
  const longest = MAX_NAME - SUFFIX.length;
  return typeof serviceAccount === "string" &&
    serviceAccount.length > longest &&
    serviceAccount.length <= MAX_NAME
    ? `is too long for a sample pod, whose name adds "${SUFFIX}": at most ${longest} characters, or leave samplePod out`
    : undefined;
}
