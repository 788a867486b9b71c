/** What annotations say about how pods are injected, as the webhook of EKS reads them. */

const PREFIX = "eks.amazonaws.com";

/** Annotations of a ServiceAccount or a pod. */
export type Annotations = Record<string, string> | undefined;

/** How the pods of one ServiceAccount are injected, whatever it is that they get. */
export interface InjectionSettings {
  regionalSts: boolean;
  /** Seconds. */
  tokenExpiration: number;
}

/** What the pods of a ServiceAccount with a role in its annotation show to STS. */
export interface WebIdentity {
  roleArn: string;
  audience: string;
}

/** EKS's own: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
const defaults = { audience: "sts.amazonaws.com", regionalSts: true, tokenExpiration: 86_400 };

/** Ten minutes, less than which no API server grants; there is no upper bound here, the API server's own cuts. */
const LEAST_EXPIRATION = 600;

// As Go's strconv.ParseBool and ParseInt read them.
const truths = ["1", "t", "T", "TRUE", "true", "True"];
const falsehoods = ["0", "f", "F", "FALSE", "false", "False"];
const integer = /^[+-]?\d{1,18}$/;

/**
 * What a ServiceAccount's annotations ask for. What cannot be read counts as absent.
 * Source: addSA in https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/cache/cache.go; the least
 * expiration: https://github.com/aws/amazon-eks-pod-identity-webhook/pull/207
 */
export function injectionSettings(annotations: Annotations): InjectionSettings {
  return {
    regionalSts: regionalSts(annotation(annotations, "sts-regional-endpoints")),
    tokenExpiration: expiration(annotations) ?? defaults.tokenExpiration,
  };
}

/** The role that a ServiceAccount's annotation names; undefined: none. */
export function webIdentity(annotations: Annotations): WebIdentity | undefined {
  const roleArn = annotation(annotations, "role-arn");
  return roleArn
    ? { roleArn, audience: annotation(annotations, "audience") ?? defaults.audience }
    : undefined;
}

/**
 * What a pod's own annotations ask for.
 * Source: https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/pkg/annotations/parser.go
 */
export function podSettings(annotations: Annotations): {
  tokenExpiration: number | undefined;
  skippedContainers: string[];
} {
  return {
    tokenExpiration: expiration(annotations),
    skippedContainers: firstRecord(annotation(annotations, "skip-containers") ?? ""),
  };
}

function annotation(annotations: Annotations, name: string): string | undefined {
  return annotations?.[`${PREFIX}/${name}`];
}

function regionalSts(text: string | undefined): boolean {
  if (text !== undefined && truths.includes(text)) {
    return true;
  }
  return text !== undefined && falsehoods.includes(text) ? false : defaults.regionalSts;
}

function expiration(annotations: Annotations): number | undefined {
  const text = annotation(annotations, "token-expiration");
  return text !== undefined && integer.test(text) ? Math.max(Number(text), LEAST_EXPIRATION) : undefined;
}

/** The first record of a CSV text; nothing if it is malformed. Blanks count, as they do there. */
function firstRecord(text: string): string[] {
  const line = text.split(/\r?\n/).find((found) => found !== "");
  const fields = line?.split(",").map((field) => /^"([^"]*)"$/.exec(field)?.[1] ?? field) ?? [];
  return fields.some((field) => field.includes('"')) ? [] : fields;
}
