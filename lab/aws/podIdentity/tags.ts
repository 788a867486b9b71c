import { exchange } from "../forward";
import { AwsError, type Answer } from "../query";
import { jsonAnswer, type RawCall, type RestCall, type RestRoute } from "../rest";
import { callerOf } from "./callers";
import type { PodIdentityParts } from "./clusters";
import { tagsField } from "./fields";

const path = "/tags/{arn}";

/** EKS's calls for tags, for associations and add-ons; the tags of everything else are moto's. */
export const tagRoutes: RestRoute<PodIdentityParts>[] = [
  { service: "eks", method: "GET", path, answer: tagCall("ListTagsForResource", (tags) => ({ tags })) },
  {
    service: "eks",
    method: "POST",
    path,
    answer: tagCall("TagResource", (tags, call) => {
      const merged = tagsField({ ...call, body: { tags: { ...tags, ...tagsField(call) } } });
      Object.assign(tags, merged);
      return {};
    }),
  },
  {
    service: "eks",
    method: "DELETE",
    path,
    answer: tagCall("UntagResource", (tags, { query }) => {
      for (const key of query.getAll("tagKeys")) Reflect.deleteProperty(tags, key);
      return {};
    }),
  },
];

type OnTags = (tags: Record<string, string>, call: RestCall) => Record<string, unknown>;

function tagCall(action: string, work: OnTags): RestRoute<PodIdentityParts>["answer"] {
  return async (call: RestCall, parts: PodIdentityParts, raw: RawCall): Promise<Answer> => {
    const { arn = "" } = call.path;
    const [, region = "", accountId, kind, cluster = "", name = ""] =
      /^arn:aws[a-z-]*:eks:([a-z0-9-]+):(\d{12}):(podidentityassociation|addon)\/([^/]+)\/([^/]+)/.exec(
        arn,
      ) ?? [];
    if (kind === undefined) return exchange(parts.moto.url, raw.call.incoming, raw.bytes);

    const { admin, mustBeAllowed } = callerOf(raw, parts);
    await mustBeAllowed(`eks:${action}`, arn);
    const place = { partition: admin.partition, accountId: admin.accountId, region, name: cluster };
    const state = parts.podIdentity.of(place);
    const resource = kind === "addon" ? state.addons.get(name) : state.associations.get(name);
    if (resource?.arn !== arn || accountId !== admin.accountId) {
      throw new AwsError("NotFoundException", `Resource not found: ${arn}`, 404);
    }
    return jsonAnswer(work(resource.tags, call));
  };
}
