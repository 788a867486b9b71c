import { isProperties, Secret, type Properties, type PropertyValue } from "../shared/values";

/** The same properties, secrets laid open: what the API server gets. */
export function reveal(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, revealValue(value)]));
}

function revealValue(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return revealValue(value.value);
  if (Array.isArray(value)) return value.map(revealValue);
  return isProperties(value) ? reveal(value) : value;
}

/**
 * The outputs with everything secret that is secret in the inputs, and with the content of every Secret: annotateSecrets in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 * A list with a secret inside is secret as a whole.
 */
export function markSecrets(outputs: Properties, inputs: Properties): Properties {
  const marked: Properties = { ...outputs };
  if (marked.kind === "Secret") {
    for (const key of ["data", "stringData"]) {
      const value = marked[key];
      if (value !== undefined && !(value instanceof Secret)) marked[key] = new Secret(value);
    }
    return marked;
  }
  for (const [key, input] of Object.entries(inputs)) {
    const output = marked[key];
    if (output === undefined) continue;
    if (isProperties(output) && isProperties(input)) marked[key] = markSecrets(output, input);
    else if (!(output instanceof Secret) && containsSecret(input)) marked[key] = new Secret(output);
  }
  return marked;
}

function containsSecret(value: PropertyValue): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isProperties(value) && Object.values(value).some(containsSecret);
}
