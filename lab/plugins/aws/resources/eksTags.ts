import { TagResourceCommand, UntagResourceCommand, type EKSClient } from "@aws-sdk/client-eks";
import type { Properties } from "../../shared/server";
import { explain } from "../errors";
import { changeTags, toTagMap } from "../tags";

/**
 * Brings the tags of a resource of EKS to what is planned (internal/service/eks/tags_gen.go). `what`: the resource's
 * kind, as in messages.
 */
export async function changeEksTags(
  eks: EKSClient,
  what: string,
  resourceArn: string,
  before: Properties,
  planned: Properties,
): Promise<void> {
  await changeTags(`${what} (${resourceArn})`, before, planned, {
    untag: (tagKeys) =>
      explain(
        `untagging resource (${resourceArn})`,
        eks.send(new UntagResourceCommand({ resourceArn, tagKeys })),
      ),
    tag: (tags) =>
      explain(
        `tagging resource (${resourceArn})`,
        eks.send(new TagResourceCommand({ resourceArn, tags: toTagMap(tags) })),
      ),
  });
}
