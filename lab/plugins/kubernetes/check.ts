import { uniqueName } from "../shared/unique-name";
import type { Properties } from "../shared/values";
import type { Kind } from "./kinds";
import {
  annotate,
  annotationOf,
  AUTONAMED,
  isNamed,
  metadataOf,
  metadataText,
  nameOf,
  namespaceOf,
  normalize,
} from "./objects";

const RANDOM_DIGITS = 8;

/**
 * The inputs as they are deployed: with a name and a namespace. Check in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 * and the functions it calls from
 * https://github.com/pulumi/pulumi-kubernetes/blob/db4834af972bfd7018382fde0e07a7a15cca0856/provider/pkg/metadata/naming.go
 */
export function checkInputs(
  kind: Kind,
  olds: Properties,
  news: Properties,
  urnName: string,
  randomSeed: Uint8Array,
  defaultNamespace: string,
): Properties {
  const inputs = normalize(news);
  // A name that is not known yet does not count.
  if (kind.patch === true && nameOf(inputs) === undefined) {
    throw new Error("patch resources require the `.metadata.name` field to be set");
  }
  if (Object.keys(olds).length > 0) adoptName(inputs, olds);
  else assignName(inputs, urnName, randomSeed);

  if (!isNamed(inputs) && metadataText(inputs, "generateName") !== undefined) {
    throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
  }
  const metadata = metadataOf(inputs);
  if (kind.namespaced && defaultNamespace !== "" && metadata !== undefined) {
    metadata.namespace ??= defaultNamespace;
    if (metadata.namespace === "") metadata.namespace = defaultNamespace;
  }
  return inputs;
}

function assignName(inputs: Properties, urnName: string, randomSeed: Uint8Array): void {
  if (isNamed(inputs) || metadataText(inputs, "generateName") !== undefined) return;
  setName(inputs, uniqueName(`${urnName}-`, randomSeed, RANDOM_DIGITS));
}

// A user who never gave a name keeps the generated one.
function adoptName(inputs: Properties, olds: Properties): void {
  const oldName = nameOf(olds);
  if (isNamed(inputs) || oldName === undefined || annotationOf(olds, AUTONAMED) !== "true") return;
  setName(inputs, oldName);
}

function setName(inputs: Properties, name: string): void {
  const metadata = metadataOf(inputs);
  if (metadata === undefined) return;
  metadata.name = name;
  annotate(inputs, AUTONAMED, "true");
}

/** The namespace an object stands in when it names none. */
export function namespaceOrDefault(object: Properties): string {
  return namespaceOf(object) ?? "default";
}
