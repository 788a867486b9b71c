const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;

/**
 * The `sub` claim of a ServiceAccount's token.
 *
 * @example subjectOf("default", "s3-reader") // "system:serviceaccount:default:s3-reader"
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 */
export function subjectOf(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Takes a subject apart; undefined when it is not a ServiceAccount's. */
export function parseSubject(subject: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/**
 * Says why Kubernetes would refuse a namespace's name (an RFC 1123 label), or undefined.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
export function namespaceProblem(namespace: string): string | undefined {
  if (namespace === "") {
    return 'is empty: name the namespace, for example "default"';
  }
  if (namespace.length > MAX_LABEL) {
    return `is ${namespace.length} characters long; Kubernetes takes at most ${MAX_LABEL}`;
  }
  return LABEL.test(namespace) ? undefined : charactersProblem(namespace, "letters, digits and '-'");
}

/**
 * Says why Kubernetes would refuse a ServiceAccount's name (an RFC 1123 subdomain), or undefined.
 * @see https://kubernetes.io/docs/concepts/security/service-accounts/
 */
export function serviceAccountNameProblem(name: string): string | undefined {
  if (name === "") {
    return "is empty: name the ServiceAccount";
  }
  if (name.length > MAX_SUBDOMAIN) {
    return `is ${name.length} characters long; Kubernetes takes at most ${MAX_SUBDOMAIN}`;
  }
  const wellFormed = name.split(".").every((label) => LABEL.test(label));
  return wellFormed ? undefined : charactersProblem(name, "letters, digits, '-' and '.'");
}

function charactersProblem(value: string, allowed: string): string {
  return `is not a name that Kubernetes takes: "${value}" (lower-case ${allowed}; a letter or digit at both ends)`;
}
