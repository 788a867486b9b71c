import {
  containsUnknown,
  isProperties,
  UNKNOWN,
  type Properties,
  type PropertyValue,
} from "../shared/server";
import { explain } from "./errors";
import { isZero } from "./schema";

/** A tag as AWS calls take and give it. */
export interface AwsTag {
  Key: string | undefined;
  Value: string | undefined;
}

/**
 * A resource's own tags over the provider's `defaultTags`, less its `ignoreTags`: what `tagsAll` holds
 * (pulumi-aws provider/tags.go: applyTags, mergeTags).
 */
export function mergeTags(tags: PropertyValue | undefined, providerConfig: Properties): PropertyValue {
  const { defaultTags } = providerConfig;
  const defaults = isProperties(defaultTags) ? defaultTags.tags : undefined;
  if (containsUnknown(tags) || containsUnknown(defaults)) return UNKNOWN;
  return withoutIgnored(
    { ...(isProperties(defaults) ? defaults : {}), ...(isProperties(tags) ? tags : {}) },
    providerConfig,
  );
}

/** Tags for a call that creates something; undefined when there are none. */
export function tagsToCreate(planned: Properties): AwsTag[] | undefined {
  return isZero(planned.tagsAll) ? undefined : toAwsTags(planned.tagsAll);
}

/** Tags for a call of a service that takes them as a map, as EKS does; undefined when there are none. */
export function tagMapToCreate(planned: Properties): Record<string, string> | undefined {
  const tags = tagsToCreate(planned);
  return tags && toTagMap(tags);
}

/** A list of tags as a map. */
export function toTagMap(tags: AwsTag[]): Record<string, string> {
  return Object.fromEntries(
    tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""]])),
  );
}

/** A map of tags as a list. */
export function fromTagMap(tags: Record<string, string> = {}): AwsTag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags to set and keys to remove, so that `tagsAll` becomes what is planned (internal/tags: Updated, Removed). */
function tagChanges(before: Properties, planned: Properties): { set: AwsTag[]; remove: string[] } {
  const old = isProperties(before.tagsAll) ? before.tagsAll : {};
  const next = isProperties(planned.tagsAll) ? planned.tagsAll : {};
  return {
    set: toAwsTags(next).filter(({ Key, Value }) => Key !== undefined && old[Key] !== Value),
    remove: Object.keys(old).filter((key) => !(key in next)),
  };
}

/** Brings a resource's tags from what they were to what is planned, by the calls that its service has for it. */
export async function changeTags(
  resource: string,
  before: Properties,
  planned: Properties,
  calls: { untag: (keys: string[]) => Promise<unknown>; tag: (tags: AwsTag[]) => Promise<unknown> },
): Promise<void> {
  const { set, remove } = tagChanges(before, planned);
  const doing = `updating tags for ${resource}`;
  if (remove.length > 0) await explain(doing, calls.untag(remove));
  if (set.length > 0) await explain(doing, calls.tag(set));
}

/**
 * `tags` and `tagsAll` as they are read: AWS's own are left out, and those that the provider's `defaultTags` explain
 * are not the resource's (internal/provider/sdkv2/tags_interceptor.go).
 */
export function readTags(
  fromAws: AwsTag[] | undefined,
  prior: Properties,
  providerConfig: Properties,
): Properties {
  const all = withoutIgnored(
    Object.fromEntries(
      (fromAws ?? []).flatMap(({ Key, Value }) =>
        Key === undefined || Key.startsWith("aws:") ? [] : [[Key, Value ?? ""]],
      ),
    ),
    providerConfig,
  );
  const { defaultTags } = providerConfig;
  const defaults = isProperties(defaultTags) && isProperties(defaultTags.tags) ? defaultTags.tags : {};
  const configured = isProperties(prior.tags) ? prior.tags : {};
  const own = Object.fromEntries(
    Object.entries(all).filter(([key, value]) => defaults[key] !== value || key in configured),
  );
  return { ...(isZero(own) && isZero(prior.tags) ? {} : { tags: own }), tagsAll: all };
}

function toAwsTags(tags: PropertyValue | undefined): AwsTag[] {
  return Object.entries(isProperties(tags) ? tags : {}).flatMap(([Key, Value]) =>
    typeof Value === "string" ? [{ Key, Value }] : [],
  );
}

function withoutIgnored(tags: Properties, { ignoreTags }: Properties): Properties {
  if (!isProperties(ignoreTags)) return tags;
  const { keys, keyPrefixes } = ignoreTags;
  const ignored = (key: string): boolean =>
    (Array.isArray(keys) && keys.includes(key)) ||
    (Array.isArray(keyPrefixes) &&
      keyPrefixes.some((prefix) => typeof prefix === "string" && key.startsWith(prefix)));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !ignored(key)));
}
