import {
  containsUnknown,
  isProperties,
  uniqueName,
  UNKNOWN,
  type CheckContext,
  type CheckResult,
  type Properties,
  type PropertyValue,
} from "../shared/server";
import { normalizeJson } from "./policyDocument";
import type { Property, Schema } from "./schema";
import { fillInRegion } from "./regions";
import { mergeTags } from "./tags";

/** Among the inputs: the names of those that the plugin filled in (pulumi-terraform-bridge pkg/tfbridge/schema.go). */
const DEFAULTS = "__defaults";

/** The names of the inputs that were not given by the user. */
export function defaultedInputs(inputs: Properties): string[] {
  const names = inputs[DEFAULTS];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}

/** The same inputs with this list of filled-in ones. */
export function withDefaulted(inputs: Properties, names: string[]): Properties {
  return { ...inputs, [DEFAULTS]: names };
}

/** The inputs without the plugin's own marks. */
export function userInputs(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
}

/**
 * What the user gave, with defaults and a generated name filled in, or what is wrong with it. The rules are
 * pulumi-terraform-bridge's (pkg/tfbridge/schema.go: applyDefaults; pkg/tfbridge/provider.go: Check).
 */
export function checkInputs(
  schema: Schema,
  olds: Properties,
  news: Properties,
  providerConfig: Properties,
  context: Pick<CheckContext, "name" | "randomSeed">,
): CheckResult {
  const { name: resourceName } = context;
  const given = userInputs(news);
  const reasons: string[] = [];
  for (const key of Object.keys(given)) {
    if (schema[key]?.input === undefined) {
      reasons.push(`Invalid or unknown key. Examine values at '${resourceName}.${key}'.`);
    }
  }
  const inputs: Properties = {};
  const defaulted: string[] = [];
  for (const [key, property] of Object.entries(schema)) {
    const value = given[key];
    if (value !== undefined) inputs[key] = property.json ? documentText(value) : value;
    else if (!conflicts(property, given)) {
      const filledIn = defaultFor(key, property, olds, context);
      if (filledIn === undefined) continue;
      inputs[key] = filledIn;
      defaulted.push(key);
    }
  }
  fillInRegion(schema, inputs, providerConfig);
  if (schema.tagsAll !== undefined) inputs.tagsAll = mergeTags(inputs.tags, providerConfig);
  for (const [key, property] of Object.entries(schema)) {
    reasons.push(...problemsOf(key, property, inputs, resourceName));
  }
  return {
    inputs: withDefaulted(inputs, defaulted.sort()),
    failures: reasons.map((reason) => ({ property: "", reason })),
  };
}

// pulumi-terraform-bridge pkg/tfbridge/transformers.go (TransformJSONDocument): Go marshals a map with sorted keys.
function documentText(value: PropertyValue): PropertyValue {
  if (!isProperties(value) && !Array.isArray(value)) return value;
  return containsUnknown(value) ? UNKNOWN : normalizeJson(JSON.stringify(value));
}

function conflicts({ conflictsWith }: Property, given: Properties): boolean {
  return conflictsWith !== undefined && given[conflictsWith] !== undefined;
}

function defaultFor(
  key: string,
  { default: value, autoName }: Property,
  olds: Properties,
  context: Pick<CheckContext, "name" | "randomSeed">,
): PropertyValue | undefined {
  if (autoName === undefined) return value;
  // A generated name stays until the resource is replaced: then the engine checks again without old inputs.
  return defaultedInputs(olds).includes(key) && olds[key] !== undefined
    ? olds[key]
    : generateName(context.name, autoName, context.randomSeed);
}

// pkg/tfbridge/names.go (ComputeAutoNameDefault) and pulumi/sdk/go/common/resource/resource_id.go (NewUniqueName): "-"
// and seven hexadecimal digits; a name that becomes too long is refused, not cut.
function generateName(
  logicalName: string,
  { maxLength, lowerCase }: NonNullable<Property["autoName"]>,
  seed: Uint8Array,
): string {
  const base = `${lowerCase ? logicalName.toLowerCase() : logicalName}-`;
  if (base.length + 7 > maxLength) {
    throw new Error(`name '${base}' plus 7 random chars is longer than maximum length ${maxLength}`);
  }
  return uniqueName(base, seed, 7);
}

function problemsOf(key: string, property: Property, inputs: Properties, resourceName: string): string[] {
  const { terraformName, input, conflictsWith, problems } = property;
  const value = inputs[key];
  const where = `Examine values at '${resourceName}.${key}'.`;
  if (value === undefined) {
    return input === "required"
      ? [
          "Missing required argument. " +
            `The argument "${terraformName}" is required, but no definition was found.. ${where}`,
        ]
      : [];
  }
  const reasons = value === UNKNOWN ? [] : (problems?.(value) ?? []);
  if (conflictsWith !== undefined && inputs[conflictsWith] !== undefined) {
    reasons.push(`Conflicting configuration arguments. "${key}": conflicts with ${conflictsWith}`);
  }
  return reasons.map((reason) => `${reason}. ${where}`);
}
