import { isProperties, type Properties } from "../shared/values";
import { annotationOf } from "./objects";
import { markSecrets, reveal } from "./secrets";
import { uniqueName } from "../shared/unique-name";

/** What the state holds beside the live object. */
const INPUTS = "__inputs";
const INITIAL_API_VERSION = "__initialApiVersion";
const FIELD_MANAGER = "__fieldManager";

/**
 * The state of an object in Pulumi: the live object, and in it what is needed next time. checkpointObject in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 */
export function makeCheckpoint(
  live: Properties,
  inputs: Properties,
  secretsFrom: Properties,
  about: { initialApiVersion: string; fieldManager: string },
): Properties {
  return {
    ...markSecrets(live, secretsFrom),
    [INPUTS]: markSecrets(inputs, secretsFrom),
    [INITIAL_API_VERSION]: about.initialApiVersion,
    [FIELD_MANAGER]: about.fieldManager,
  };
}

/** The live object and the inputs in a state, secrets laid open. */
export function parseCheckpoint(state: Properties): { live: Properties; inputs: Properties } {
  const live = reveal(state);
  const inputs = live[INPUTS];
  for (const key of [INPUTS, INITIAL_API_VERSION, FIELD_MANAGER]) Reflect.deleteProperty(live, key);
  return { live, inputs: isProperties(inputs) ? inputs : {} };
}

/** The API version that an object was created with. */
export function initialApiVersionOf(state: Properties, inputs: Properties): string {
  const known = state[INITIAL_API_VERSION] ?? inputs.apiVersion;
  return typeof known === "string" ? known : "";
}

/**
 * The name under which the fields are owned: from the annotation, else the one in the state, else a new one for each
 * object, so that two stacks which apply the same object are in conflict (fieldManagerName in the plugin's provider.go).
 */
export function fieldManagerOf(state: Properties, inputs: Properties): string {
  const annotated = annotationOf(inputs, "pulumi.com/patchFieldManager");
  if (annotated !== undefined && annotated !== "") return annotated;
  const known = state[FIELD_MANAGER];
  return typeof known === "string" ? known : uniqueName("pulumi-kubernetes-", new Uint8Array(), 8);
}
