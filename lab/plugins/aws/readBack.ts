import type { Properties } from "../shared/server";
import { defaultedInputs, userInputs, withDefaulted } from "./check";
import { isZero, type Schema } from "./schema";
import { sameValue } from "../shared/diff";

/**
 * The inputs that a state which was read stands for. On refresh only inputs that there were are renewed; on import
 * everything counts that could be an input and is no default (pulumi-terraform-bridge pkg/tfbridge/schema.go:
 * extractInputs, extractSchemaInputs).
 */
export function inputsFromState(schema: Schema, state: Properties, oldInputs: Properties): Properties {
  return Object.keys(oldInputs).length > 0
    ? refreshedInputs(schema, state, oldInputs)
    : importedInputs(schema, state);
}

function refreshedInputs(schema: Schema, state: Properties, oldInputs: Properties): Properties {
  const inputs: Properties = {};
  for (const [key, old] of Object.entries(userInputs(oldInputs))) {
    const now = state[key];
    if (schema[key]?.local) inputs[key] = old;
    else if (now !== undefined) inputs[key] = now;
  }
  // What somebody changed is not a default any more.
  const stillDefault = defaultedInputs(oldInputs).filter(
    (key) => inputs[key] !== undefined && sameValue(inputs[key], oldInputs[key]),
  );
  return withDefaulted(inputs, stillDefault);
}

function importedInputs(schema: Schema, state: Properties): Properties {
  const inputs: Properties = {};
  for (const [key, { input, default: usual }] of Object.entries(schema)) {
    const value = state[key];
    if (input === undefined || value === undefined) continue;
    if (input === "required" || !(isZero(value) || sameValue(value, usual))) inputs[key] = value;
  }
  return withDefaulted(inputs, []);
}
