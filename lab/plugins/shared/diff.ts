import {
  Secret,
  UNKNOWN,
  containsUnknown,
  isProperties,
  type Properties,
  type PropertyValue,
} from "./values";

/** One place where two values differ. */
export interface Difference {
  /** Where: `["spec", "containers", 0, "image"]`. */
  path: (string | number)[];
  kind: "add" | "delete" | "update";
}

/**
 * Where `after` differs from `before`, at the deepest paths. Lists are compared by position, and an unknown may become
 * anything, so it differs from everything, another unknown included.
 */
export function diffValues(before: Properties, after: Properties): Difference[] {
  const differences: Difference[] = [];
  compare(before, after, [], differences);
  return differences;
}

function compare(
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
  path: (string | number)[],
  differences: Difference[],
): void {
  if (isProperties(before) && isProperties(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[key], after[key], [...path, key], differences);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare(before[index], after[index], [...path, index], differences);
    }
  } else if (before === undefined || after === undefined) {
    if (before === after) return;
    differences.push({ path, kind: before === undefined ? "add" : "delete" });
  } else if (!sameScalar(before, after)) {
    differences.push({ path, kind: "update" });
  }
}

function sameScalar(before: PropertyValue, after: PropertyValue): boolean {
  if (before instanceof Secret && after instanceof Secret) return sameValue(before.value, after.value);
  return before === after && after !== UNKNOWN;
}

/** Are two values equal at every depth? Never, where something is unknown. */
export function sameValue(one: PropertyValue | undefined, other: PropertyValue | undefined): boolean {
  const differences: Difference[] = [];
  compare(one, other, [], differences);
  return differences.length === 0 && !containsUnknown(other);
}

/**
 * A path as Pulumi writes it: `spec.containers[0].image`, `metadata.annotations["eks.amazonaws.com/role-arn"]`.
 * https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/properties_path.go
 */
export function formatPath(path: readonly (string | number)[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `["${part.replaceAll('"', '\\"')}"]`;
  }
  return text;
}
