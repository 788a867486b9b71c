import type { MultiClusterIrsaArgs, RoleSettings } from "../../index";
import { cluster, goodArgs, late, READER } from "../support/clusters";
import type { BadInput } from "./badClusters";

const role = (settings: RoleSettings, changes: Partial<MultiClusterIrsaArgs> = {}) =>
  goodArgs({ role: settings, ...changes });
const shards = ["a", "b"];
const inShards = {
  clusters: [cluster("blue", "B", { shard: "a" }), cluster("green", "C", { shard: "b" })],
  trust: { shards },
};
const former = (formerShards: string[]): MultiClusterIrsaArgs =>
  goodArgs({
    ...inShards,
    clusters: [inShards.clusters[0]!, cluster("green", "C", { shard: "b", formerShards })],
  });

/** What is wrong with a fleet that is on its way from one state to another. */
export const BAD_TRANSITIONS: BadInput[] = [
  [
    "a retired cluster in which nobody is bound",
    goodArgs({
      clusters: [cluster("blue", "B"), cluster("green", "C", { retired: true })],
      serviceAccounts: [{ ...READER, clusters: ["blue"] }],
    }),
    "clusters[1].retired",
    /no binding names the cluster.*remove the cluster from the list/,
  ],
  [
    "a former shard, and there are no shards",
    goodArgs({ clusters: [cluster("blue", "B", { formerShards: ["a"] })] }),
    "clusters[0].formerShards",
    /there are no shards: list them in trust\.shards, or leave it out/,
  ],
  [
    "a former shard that is not listed",
    former(["c"]),
    "clusters[1].formerShards[0]",
    /is "c", which is not in trust\.shards: a shard is listed as long as its role is needed/,
  ],
  [
    "a former shard that is today's",
    former(["b"]),
    "clusters[1].formerShards[0]",
    /is "b", the cluster's shard of today: leave it out/,
  ],
  [
    "a former shard that is written twice",
    former(["a", "a"]),
    "clusters[1].formerShards[1]",
    /is "a" again: write it once/,
  ],
  [
    "a former name of the role, and no name of today",
    role({ formerNames: ["old"] }),
    "role.formerNames",
    /role\.name must be plain text: the role's name of today/,
  ],
  [
    "a former name of the role, and a name that arrives late",
    role({ name: late("new"), formerNames: ["old"] }),
    "role.formerNames",
    /role\.name must be plain text: the role's name of today/,
  ],
  [
    "a former name that is today's in other letters",
    role({ name: "reader", formerNames: ["Reader"] }),
    "role.formerNames[0]",
    /is "Reader", which is named already: IAM does not tell names by case/,
  ],
  [
    "a former name that is no role's",
    role({ name: "reader", formerNames: ["old/reader"] }),
    "role.formerNames[0]",
    /is not a role's name: "old\/reader"/,
  ],
  [
    "a former name of the role with shards",
    role({ name: "reader", formerNames: ["old"] }, inShards),
    "role.formerNames",
    /with shards, move clusters to another shard and write clusters\[\]\.formerShards/,
  ],
  [
    "the import of a role without its name",
    role({ importRole: true }),
    "role.importRole",
    /needs role\.name as plain text: the name of the role that exists/,
  ],
  [
    "the import of a role with shards",
    role({ name: "reader", importRole: true }, inShards),
    "role.importRole",
    /take it over without them first, then name its shard in trust\.originalShard/,
  ],
];
