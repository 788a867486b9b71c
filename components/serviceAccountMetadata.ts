import { shown } from "../trust/values";

const NAME = /^[0-9A-Za-z]([-0-9A-Za-z_.]*[0-9A-Za-z])?$/;
const DNS_SUBDOMAIN = /^[0-9a-z]([-0-9a-z]*[0-9a-z])?(\.[0-9a-z]([-0-9a-z]*[0-9a-z])?)*$/;
const MAX_NAME = 63;
const MAX_SUBDOMAIN = 253;
const LABELS =
  "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set";
const ANNOTATIONS =
  "https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set";

/** Says why Kubernetes would refuse the key of a label, or undefined. */
export function labelKeyProblem(key: string): string | undefined {
  return isQualifiedName(key) ? undefined : keyReason("a label", LABELS);
}

/** Says why Kubernetes would refuse the value of a label, or undefined. */
export function labelValueProblem(value: string): string | undefined {
  return typeof value === "string" && (value === "" || (NAME.test(value) && value.length <= MAX_NAME))
    ? undefined
    : `is not the value of a label: ${shown(value)} (empty, or at most ${MAX_NAME} letters, digits, "-", "_" and ".", ` +
        `a letter or digit at both ends; ${LABELS})`;
}

/** Says why Kubernetes would refuse the key of an annotation, or undefined. Unlike a label's, its case is of no account. */
export function annotationKeyProblem(key: string): string | undefined {
  return isQualifiedName(key.toLowerCase()) ? undefined : keyReason("an annotation", ANNOTATIONS);
}

/** Says why Kubernetes would refuse the name of a Secret (an RFC 1123 subdomain), or undefined. */
export function secretNameProblem(name: string): string | undefined {
  return isSubdomain(name)
    ? undefined
    : `is not the name of a Secret: ${shown(name)} (at most ${MAX_SUBDOMAIN} lower-case letters, digits, "-" and ".")`;
}

function isQualifiedName(key: string): boolean {
  const [name = "", prefix, ...more] = key.split("/").reverse();
  const named = NAME.test(name) && name.length <= MAX_NAME;
  return named && more.length === 0 && (prefix === undefined || isSubdomain(prefix));
}

function isSubdomain(text: unknown): boolean {
  return typeof text === "string" && text.length <= MAX_SUBDOMAIN && DNS_SUBDOMAIN.test(text);
}

function keyReason(what: string, page: string): string {
  return (
    `is not the key of ${what}: a name of at most ${MAX_NAME} letters, digits, "-", "_" and ".", a letter or digit at both ` +
    `ends; before it, if anything, a domain and "/" (${page})`
  );
}
