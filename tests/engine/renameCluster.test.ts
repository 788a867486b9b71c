import assert from "node:assert/strict";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { MultiClusterIrsa, type MultiClusterIrsaArgs } from "../../index";
import { changesOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { describeEngine, type Scope } from "./lab";
import { podsIn, serviceAccountsIn, TYPE } from "./support";

/** The new name stands after the other cluster's, as the old one stood before it: so the statements would change places. */
const FORMER = "ireland";
const RENAMED = "west";

type Fleet = Pick<MultiClusterIrsaArgs, "trust" | "samplePod" | "verificationJob">;

function programWith(
  [name, ...formerNames]: [string, ...string[]],
  fleet: Fleet,
  { clusters, namespace }: Scope,
): PulumiFn {
  const [shard, other] = fleet.trust?.shards ?? [];
  return () => {
    const irsa = new MultiClusterIrsa("app", {
      clusters: [
        { ...clusters.ireland, name, formerNames, ...(shard && { shard }) },
        { ...clusters["virginia-blue"], ...(other && { shard: other }) },
      ],
      serviceAccounts: [
        { namespace, name: "reader" },
        { namespace, name: "writer", clusters: [name] },
      ],
      policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
      ...fleet,
    });
    return Promise.resolve({ roleArns: irsa.roleArns });
  };
}

/** Type and name of everything that has the cluster's name in its own. */
function namesIn({ steps }: OperationResult, cluster: string): string[] {
  return steps
    .filter(({ name }) => name.split("/")[1] === cluster)
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

/** What must be the same after a rename: the objects themselves, and their versions where nobody else writes to them. */
async function objectsIn({ clusters, namespace }: Scope) {
  const [accounts, pods] = await Promise.all([
    serviceAccountsIn(clusters.ireland, namespace),
    podsIn(clusters.ireland, namespace),
  ]);
  return {
    accounts: Object.values(accounts).map(({ metadata }) => [metadata?.uid, metadata?.resourceVersion]),
    pods: Object.values(pods).map(({ metadata }) => metadata?.uid),
  };
}

function describeRename(title: string, fleet: Fleet, kinds: string[]): void {
  describeEngine(`engine: a cluster is renamed, ${title}`, (newScope) => {
    let scope: Scope;
    let first: OperationResult;
    let preview: OperationResult;
    let up: OperationResult;
    let again: OperationResult;
    let forgotten: OperationResult;
    let objectsBefore: Awaited<ReturnType<typeof objectsIn>>;

    before(async () => {
      scope = await newScope({ pods: fleet.samplePod !== undefined });
      const stack = await scope.open(programWith([FORMER], fleet, scope));
      first = await stack.up();
      objectsBefore = await objectsIn(scope);
      preview = await stack.preview(programWith([RENAMED, FORMER], fleet, scope));
      up = await stack.up(programWith([RENAMED, FORMER], fleet, scope));
      again = await stack.up(programWith([RENAMED, FORMER], fleet, scope));
      forgotten = await stack.up(programWith([RENAMED], fleet, scope));
    });

    it("changes nothing but what the state says of the component", () => {
      for (const result of [preview, up]) {
        const changes = changesOf(result).map(({ op, type }) => `${op} ${type}`);
        assert.deepEqual(changes, [`update ${TYPE.component}`]);
        assert.deepEqual(result.summary, { same: (first.summary.create ?? 0) - 1, update: 1 });
      }
    });

    it("gives the new name to everything that had the old one", () => {
      const expected = namesIn(first, FORMER).map((one) => one.replace(`/${FORMER}`, `/${RENAMED}`));
      assert.deepEqual([...new Set(expected.map((one) => one.split(" ")[0]))].sort(), [...kinds].sort());
      for (const result of [preview, up]) {
        assert.deepEqual(namesIn(result, RENAMED), expected);
        assert.deepEqual(namesIn(result, FORMER), []);
      }
    });

    it("has nothing to do afterwards, with the former name and without it", () => {
      for (const result of [again, forgotten]) {
        assert.deepEqual(result.summary, { same: first.summary.create });
      }
    });

    it("leaves the cluster's objects as they were", async () => {
      assert.equal(objectsBefore.accounts.length, 2);
      assert.deepEqual(await objectsIn(scope), objectsBefore);
    });
  });
}

const ALWAYS = [TYPE.oidcProvider, TYPE.kubernetes, TYPE.serviceAccount];
describeRename("with pods and Jobs", { samplePod: {}, verificationJob: {} }, [...ALWAYS, TYPE.pod, TYPE.job]);
describeRename("in its shard", { trust: { shards: ["a", "b"] } }, ALWAYS);
