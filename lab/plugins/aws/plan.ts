import { diffValues, formatPath, sameValue, type Difference } from "../shared/diff";
import {
  UNKNOWN,
  type DiffResult,
  type Properties,
  type PropertyDiff,
  type PropertyValue,
} from "../shared/server";
import { defaultedInputs } from "./check";
import { isZero, type Property, type ResourceDefinition, type Schema } from "./schema";

/**
 * The state that these inputs lead to, as far as it is known beforehand: Terraform's planned state. Without a state
 * before, what AWS will say is unknown; with one, it stays (terraform-plugin-sdk/v2 helper/schema: schemaMap.Diff).
 */
export function planState(schema: Schema, before: Properties | undefined, inputs: Properties): Properties {
  const planned: Properties = {};
  for (const [key, property] of Object.entries(schema)) {
    const value = planProperty(property, before?.[key], inputs[key], before === undefined);
    if (value !== undefined) planned[key] = value;
  }
  if (before !== undefined) forgetRenewed(schema, before, planned);
  return planned;
}

// Computed, and without the framework's UseStateForUnknown: unknown again as soon as anything else changes
// (terraform-plugin-framework internal/fwserver/server_planresourcechange.go: MarkComputedNilsAsUnknown).
function forgetRenewed(schema: Schema, before: Properties, planned: Properties): void {
  const renewed = Object.keys(schema).filter((key) => schema[key]?.renewed);
  if (renewed.length === 0 || !Object.keys(schema).some((key) => changes(schema, key, before, planned))) {
    return;
  }
  for (const key of renewed) planned[key] = UNKNOWN;
}

function planProperty(
  { input, computed, plannedDefault, normalize, equivalent }: Property,
  before: PropertyValue | undefined,
  given: PropertyValue | undefined,
  creating: boolean,
): PropertyValue | undefined {
  if (input === undefined || given === undefined) {
    if (!computed) return plannedDefault;
    return creating ? UNKNOWN : before;
  }
  if (typeof given !== "string") return given;
  if (typeof before === "string" && equivalent?.(before, given)) return before;
  return normalize?.(given) ?? given;
}

/** What these inputs change, and whether that takes a replacement. */
export function diffResource(
  { schema, deleteBeforeReplace = false }: ResourceDefinition,
  before: Properties,
  inputs: Properties,
  ignoreChanges: string[],
): DiffResult {
  const planned = planState(schema, before, inputs);
  const detailedDiff: Record<string, PropertyDiff> = {};
  const diffs: string[] = [];
  const replaces: string[] = [];
  const own = Object.entries(schema).filter(([, { renewed }]) => !renewed);
  const renewed = Object.entries(schema).filter(([, property]) => property.renewed);
  for (const [key, property] of [...own, ...renewed]) {
    if (ignoreChanges.includes(key) || (property.renewed && diffs.length === 0)) continue;
    const differences = diffProperty(key, property, before[key], planned[key]);
    if (differences.length === 0) continue;
    diffs.push(key);
    if (property.forceNew) replaces.push(key);
    for (const { path, kind } of differences) {
      const full: PropertyDiff["kind"] = property.forceNew ? `${kind}-replace` : kind;
      detailedDiff[formatPath(path)] = { kind: full, inputDiff: false };
    }
  }
  return {
    changes: diffs.length > 0 ? "SOME" : "NONE",
    diffs,
    replaces,
    detailedDiff,
    deleteBeforeReplace: replaces.length > 0 && (deleteBeforeReplace || hasFixedName(schema, inputs)),
  };
}

/** Does this property change, spelling and order that mean nothing aside? */
export function changes(schema: Schema, key: string, before: Properties, planned: Properties): boolean {
  const property = schema[key];
  return property !== undefined && diffProperty(key, property, before[key], planned[key]).length > 0;
}

function diffProperty(
  key: string,
  { set }: Property,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
): Difference[] {
  if (isZero(before) && isZero(after)) return [];
  if (set && Array.isArray(before) && Array.isArray(after)) return diffSets(key, before, after);
  return diffValues(
    before === undefined ? {} : { [key]: before },
    after === undefined ? {} : { [key]: after },
  );
}

function diffSets(key: string, before: PropertyValue[], after: PropertyValue[]): Difference[] {
  const missingFrom = (others: PropertyValue[]) => (value: PropertyValue) =>
    !others.some((other) => sameValue(other, value));
  const at = (list: PropertyValue[], kind: Difference["kind"]) => (value: PropertyValue) => ({
    path: [key, list.indexOf(value)],
    kind,
  });
  return [
    ...before.filter(missingFrom(after)).map(at(before, "delete")),
    ...after.filter(missingFrom(before)).map(at(after, "add")),
  ];
}

// pulumi-terraform-bridge pkg/tfbridge/provider.go (nameRequiresDeleteBeforeReplace): with a name that the user chose,
// the new resource would clash with the old one.
function hasFixedName(schema: Schema, inputs: Properties): boolean {
  const defaulted = defaultedInputs(inputs);
  return Object.entries(schema).some(
    ([key, { autoName }]) => autoName !== undefined && inputs[key] !== undefined && !defaulted.includes(key),
  );
}
