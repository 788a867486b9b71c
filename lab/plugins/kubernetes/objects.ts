import { containsUnknown, isProperties, Secret, type Properties, type PropertyValue } from "../shared/values";

/** The objects of this file's functions are plain JSON: no secrets, see `secrets.ts`. */
export const AUTONAMED = "pulumi.com/autonamed";

/** Metadata of an object, made if absent, so that it can be written to. Undefined when it is unknown as a whole. */
export function metadataOf(object: Properties): Properties | undefined {
  object.metadata ??= {};
  return isProperties(object.metadata) ? object.metadata : undefined;
}

/** A field of the metadata, if it is a known text. */
export function metadataText(object: Properties, field: string): string | undefined {
  const metadata = object.metadata;
  const value = isProperties(metadata) ? metadata[field] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

export const nameOf = (object: Properties): string | undefined => metadataText(object, "name");
export const namespaceOf = (object: Properties): string | undefined => metadataText(object, "namespace");

/** Is the name there at all, known or not? */
export function isNamed(object: Properties): boolean {
  const metadata = object.metadata;
  return isProperties(metadata) && metadata.name !== undefined && metadata.name !== "";
}

/** An annotation, if it is known. */
export function annotationOf(object: Properties, key: string): string | undefined {
  const metadata = object.metadata;
  const annotations = isProperties(metadata) ? metadata.annotations : undefined;
  const value = isProperties(annotations) ? annotations[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** Sets an annotation, unless the annotations are unknown as a whole: there is no place to put it then. */
export function annotate(object: Properties, key: string, value: string): void {
  const metadata = metadataOf(object);
  if (metadata === undefined) return;
  metadata.annotations ??= {};
  if (isProperties(metadata.annotations)) metadata.annotations[key] = value;
}

/** Who manages which fields of a live object. */
export function managedFieldsOf(live: Properties): Properties[] {
  const { metadata } = live;
  const entries = isProperties(metadata) ? metadata.managedFields : undefined;
  return Array.isArray(entries) ? entries.filter(isProperties) : [];
}

/** The id in Pulumi's state: `namespace/name`, or the name alone for a kind without a namespace. */
export function idOf(object: Properties): string {
  const namespace = namespaceOf(object);
  const name = nameOf(object) ?? "";
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Namespace and name of an id. */
export function parseId(id: string): { namespace: string | undefined; name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second };
}

const READ_ONLY = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/**
 * A copy as the server would write it: without the fields that only it writes, and a Secret's `stringData` as `data`.
 * normalizeInputs in the plugin's provider.go does more: it also rewrites quantities (`0.1` to `100m`) and drops empty
 * values, which shows here as a difference that the real plugin would not see.
 */
export function normalize(object: Properties): Properties {
  const copy = copyOf(object);
  if (isProperties(copy.metadata)) {
    copy.metadata = Object.fromEntries(
      Object.entries(copy.metadata).filter(([key]) => !READ_ONLY.includes(key)),
    );
  }
  if (copy.kind === "Secret") encodeStringData(copy);
  return copy;
}

function encodeStringData(secret: Properties): void {
  const { stringData, data } = secret;
  if (!isProperties(stringData) || containsUnknown(stringData)) return;
  const merged = isProperties(data) ? { ...data } : {};
  for (const [key, text] of Object.entries(stringData)) {
    merged[key] = typeof text === "string" ? Buffer.from(text).toString("base64") : text;
  }
  secret.data = merged;
  delete secret.stringData;
}

/** What of `live` has a counterpart in `shape` (pruneMap in the plugin's util.go): the server's own fields fall away. */
export function prune(live: Properties, shape: Properties): Properties {
  const pruned: Properties = {};
  for (const [key, value] of Object.entries(live)) {
    const counterpart = shape[key];
    if (counterpart === undefined) continue;
    if (isProperties(value) && isProperties(counterpart)) pruned[key] = prune(value, counterpart);
    else if (Array.isArray(value) && Array.isArray(counterpart)) pruned[key] = pruneList(value, counterpart);
    else pruned[key] = value;
  }
  return pruned;
}

function pruneList(live: PropertyValue[], shape: PropertyValue[]): PropertyValue[] {
  return live.slice(0, shape.length).map((item, index) => {
    const counterpart = shape[index];
    if (isProperties(item) && isProperties(counterpart)) return prune(item, counterpart);
    if (Array.isArray(item) && Array.isArray(counterpart)) return pruneList(item, counterpart);
    return item;
  });
}

/** A copy in which nothing is shared with the original; unknowns and secrets stay what they are. */
export function copyOf(object: Properties): Properties {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, copyValue(value)]));
}

function copyValue(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return new Secret(copyValue(value.value));
  if (Array.isArray(value)) return value.map(copyValue);
  return isProperties(value) ? copyOf(value) : value;
}
