import { isProperties, type Properties, type PropertyValue } from "../shared/values";
import { copyOf, managedFieldsOf } from "./objects";

/**
 * What is applied when some fields are to be left as they are: a field that others manage is left out, any other is sent as
 * it is in the cluster, for to leave it out would remove it. handleSSAIgnoreFields in
 * https://github.com/pulumi/pulumi-kubernetes/blob/0012b9d2d0417b46995cabe1edb9f659fbb65d7f/provider/pkg/await/await.go
 * which, like this, knows plain dotted paths only; for the others the engine has put the old inputs in.
 */
export function ignoreFields(
  inputs: Properties,
  live: Properties,
  fieldManager: string,
  ignoreChanges: string[],
): Properties {
  if (ignoreChanges.length === 0) return inputs;
  const desired = copyOf(inputs);
  const managed = managedFieldsOf(live);
  for (const path of ignoreChanges) {
    const steps = path.split(".");
    const owners = managed.filter((entry) => owns(entry.fieldsV1, steps));
    const ours = owners.some((entry) => entry.manager === fieldManager);
    if (owners.length > 0 && !ours) setAt(desired, steps, undefined);
    else {
      const current = valueAt(live, steps);
      if (current !== undefined) setAt(desired, steps, current);
    }
  }
  return desired;
}

/** Field sets are maps of `f:<name>`: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
function owns(fields: PropertyValue | undefined, steps: string[]): boolean {
  let set: PropertyValue | undefined = fields;
  for (const step of steps) set = isProperties(set) ? set[`f:${step}`] : undefined;
  return set !== undefined;
}

function valueAt(object: Properties, steps: string[]): PropertyValue | undefined {
  let value: PropertyValue | undefined = object;
  for (const step of steps) value = isProperties(value) ? value[step] : undefined;
  return value;
}

function setAt(object: Properties, steps: string[], value: PropertyValue | undefined): void {
  const last = steps.at(-1) ?? "";
  const parent = valueAt(object, steps.slice(0, -1));
  if (!isProperties(parent)) return;
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
}
