import type { ReadResult } from "../shared/handlers";
import { isProperties, type Properties } from "../shared/values";
import { fieldManagerOf, initialApiVersionOf, makeCheckpoint } from "./checkpoint";
import type { Kind } from "./kinds";
import { metadataOf, normalize, prune } from "./objects";
import { markSecrets, reveal } from "./secrets";

/** What `kubectl apply` writes for itself. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The object as it is, and as inputs: what the program spoke of, or on an import all that can be an input. */
export function readResult(
  kind: Kind,
  id: string,
  live: Properties,
  state: Properties,
  inputs: Properties,
): ReadResult & { id: string } {
  const oldInputs = normalize(reveal(inputs));
  const isImport = Object.keys(oldInputs).length === 0;
  const liveInputs = isImport ? importedInputs(live) : prune(live, oldInputs);
  const about = {
    initialApiVersion: initialApiVersionOf(state, { apiVersion: kind.apiVersion, ...oldInputs }),
    fieldManager: fieldManagerOf(state, oldInputs),
  };
  return {
    id,
    state: makeCheckpoint(live, liveInputs, inputs, about),
    inputs: markSecrets(liveInputs, inputs),
  };
}

function importedInputs(live: Properties): Properties {
  const inputs = normalize(live);
  Reflect.deleteProperty(inputs, "status");
  const annotations = metadataOf(inputs)?.annotations;
  if (isProperties(annotations)) Reflect.deleteProperty(annotations, LAST_APPLIED);
  return inputs;
}
