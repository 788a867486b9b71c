/** How a binding's namespace and name are meant. */
export enum SubjectMatch {
  /** One ServiceAccount, by its exact names. */
  Exact = "Exact",
  /** Every ServiceAccount that fits, where `*` stands for any characters, or none. */
  Wildcard = "Wildcard",
}

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
  const match = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/.exec(subject);
  const parts = match?.groups as { namespace: string; name: string } | undefined;
  return parts && { ...parts };
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

/**
 * Says why this is not a namespace in which `*` stands for any characters, or undefined.
 *
 * @param pattern letters, digits, `-` and `*`; without `*` it is a namespace like any other.
 */
export function namespacePatternProblem(pattern: string): string | undefined {
  return patternProblem(pattern, namespaceProblem, /^[-a-z0-9*]*$/, "letters, digits, '-' and '*'");
}

/** Says why this is not the name of a ServiceAccount in which `*` stands for any characters, or undefined. */
export function serviceAccountNamePatternProblem(pattern: string): string | undefined {
  return patternProblem(
    pattern,
    serviceAccountNameProblem,
    /^[-a-z0-9.*]*$/,
    "letters, digits, '-', '.' and '*'",
  );
}

function patternProblem(
  pattern: string,
  exactProblem: (name: string) => string | undefined,
  characters: RegExp,
  allowed: string,
): string | undefined {
  if (!pattern.includes("*") || pattern.length > MAX_SUBDOMAIN) {
    return exactProblem(pattern);
  }
  return characters.test(pattern)
    ? undefined
    : `is not a pattern of names that Kubernetes takes: "${pattern}" (lower-case ${allowed})`;
}

function charactersProblem(value: string, allowed: string): string {
  if (/[*?]/.test(value)) {
    return `has a wildcard: "${value}". Write exact names, or set match to SubjectMatch.Wildcard, for which \`*\` stands for any characters`;
  }
  return `is not a name that Kubernetes takes: "${value}" (lower-case ${allowed}; a letter or digit at both ends)`;
}
