import { isProperties, type PropertyValue } from "../shared/values";

/** A step into every element of a list. */
const EACH = "*";

/**
 * Does a change at `path` to `value` touch one of the force-new fields? As PatchPropertiesChanged does it, in
 * https://github.com/pulumi/pulumi-kubernetes/blob/25725f0560201b09e0f85df2736c3c9f102f2ff9/provider/pkg/openapi/match.go:
 * the change is made into an object that holds nothing else, and the field is looked for in it. So a field counts when it
 * is changed, when something inside of it is, and when the new value brings it along.
 */
export function forcesNew(
  path: readonly (string | number)[],
  value: PropertyValue | undefined,
  fields: readonly string[],
): boolean {
  const change = path.reduceRight<PropertyValue>(
    (inner, part) => (typeof part === "number" ? [inner] : { [part]: inner }),
    value ?? null,
  );
  return fields.some((field) => isPresent(change, parseField(field)));
}

/** `.spec.containers[*].image` as its steps. */
function parseField(field: string): string[] {
  return field
    .slice(1)
    .split(".")
    .flatMap((part) => (part.endsWith("[*]") ? [part.slice(0, -3), EACH] : [part]));
}

function isPresent(value: PropertyValue, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  if (step === EACH) return Array.isArray(value) && value.some((item) => isPresent(item, rest));
  if (!isProperties(value)) return false;
  const next = value[step];
  return next !== undefined && isPresent(next, rest);
}
