/** Policy documents, compared and written as the real plugin does it, whatever their spelling. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

/**
 * A document as the plugin keeps it: keys sorted, no whitespace, and what Go's encoder escapes escaped.
 * structure.NormalizeJsonString of terraform-plugin-sdk/v2, used by internal/service/iam/role.go (StateFunc) of
 * terraform-provider-aws. What is not JSON stays as it is.
 */
export function normalizeJson(text: string): string {
  return rewrite(text, (value) => value);
}

/** The same with `Version` first, as verify.LegacyPolicyNormalize (internal/verify/json.go) does for inline policies. */
export function normalizeInlinePolicy(text: string): string {
  return rewrite(text, (value) => {
    if (!isObject(value) || value.Version === undefined) return value;
    const { Version, ...rest } = value;
    return { Version, ...rest };
  });
}

/**
 * Do two documents say the same? Order of statements and of values, case of `Effect`, one value or a list of one make
 * no difference: https://github.com/hashicorp/awspolicyequivalence (aws_policy_equivalence.go), called by
 * SuppressEquivalentPolicyDiffs and PolicyToSet in internal/verify/json.go.
 */
export function samePolicies(one: string, other: string): boolean {
  const [first, second] = [parse(one), parse(other)];
  if (!isObject(first) || !isObject(second)) return one.trim() === other.trim();
  if (first.Version !== second.Version || first.Id !== second.Id) return false;
  const [ours, theirs] = [statements(first), statements(second)];
  return (
    ours.length === theirs.length &&
    ours.every((statement) => theirs.some((candidate) => sameStatements(statement, candidate))) &&
    theirs.every((statement) => ours.some((candidate) => sameStatements(statement, candidate)))
  );
}

/** What is stored after a read: the text there was, as long as AWS's says the same (verify.PolicyToSet). */
export function policyToKeep(
  before: unknown,
  fromAws: string,
  normalize: (text: string) => string = normalizeJson,
): string {
  return normalize(typeof before === "string" && samePolicies(before, fromAws) ? before : fromAws);
}

/** IAM answers with documents URL-encoded (RFC 3986), save where an emulator does not. */
export function decodePolicy(document: string | undefined): string {
  const text = document ?? "";
  return text.trimStart().startsWith("{") ? text : decodeURIComponent(text.replaceAll("+", " "));
}

function rewrite(text: string, arrange: (value: Json) => Json): string {
  const value = parse(text);
  if (value === undefined) return text;
  return JSON.stringify(arrange(sortKeys(value))).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key] ?? null)]));
}

function statements(document: JsonObject): JsonObject[] {
  const { Statement: given } = document;
  return (Array.isArray(given) ? given : [given]).filter(isObject);
}

function sameStatements(one: JsonObject, other: JsonObject): boolean {
  return (
    one.Sid === other.Sid &&
    text(one.Effect).toLowerCase() === text(other.Effect).toLowerCase() &&
    ["Action", "NotAction", "Resource", "NotResource"].every((key) => sameSets(one[key], other[key])) &&
    sameConditions(one.Condition, other.Condition) &&
    ["Principal", "NotPrincipal"].every((key) => samePrincipals(one[key], other[key]))
  );
}

function sameConditions(one: Json | undefined, other: Json | undefined): boolean {
  return sameMaps(one, other, (ours, theirs) => sameMaps(ours, theirs, sameSets));
}

function samePrincipals(one: Json | undefined, other: Json | undefined): boolean {
  if (typeof one === "string" || typeof other === "string") {
    return typeof one === "string" && typeof other === "string" && principal(one) === principal(other);
  }
  return sameMaps(one, other, (ours, theirs) => sameSets(ours, theirs, principal));
}

// AWS turns a bare account id into the ARN of that account's root.
function principal(value: string): string {
  return /^arn:[^:]+:iam::(\d{12}):root$/.exec(value)?.[1] ?? value;
}

function sameMaps(
  one: Json | undefined,
  other: Json | undefined,
  sameValues: (one: Json | undefined, other: Json | undefined) => boolean,
): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && sameValues(one[key], other[key]))
  );
}

function sameSets(
  one: Json | undefined,
  other: Json | undefined,
  spelling: (value: string) => string = (value) => value,
): boolean {
  const [ours, theirs] = [one, other].map((value) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value])
      .map((item) => spelling(text(item)))
      .sort(),
  );
  return JSON.stringify(ours) === JSON.stringify(theirs);
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}
