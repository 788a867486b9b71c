import assert from "node:assert/strict";
import type { TrustPolicy } from "../../index";
import { completedInOrder, stepsOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { issuerUrlOf, newIssuerId } from "../../lab/kubernetes/clusters";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { associationIdsIn, associationsIn, awsOnly, inMode, labCluster } from "./podIdentityFleet";
import { childChanges, inlinePolicies, roleInIam, TYPE } from "./support";

const BOTH = ["reader", "writer"];
const LIST = "aws:RequestTag/eks-cluster-arn";

/** What the one statement for Pod Identity asks of a trust policy's request tags. */
function askedOf({ outputs }: OperationResult): Record<string, string | string[]> {
  const { Statement } = JSON.parse(String(outputs.trustPolicyJson)) as TrustPolicy;
  const [statement, ...others] = Statement;
  assert.deepEqual(others, []);
  return (statement?.Condition as { StringEquals: Record<string, string | string[]> }).StringEquals;
}

/** What was done to each kind of resource, without what stayed. */
const opsOn = (result: OperationResult, type: string) =>
  stepsOf(result, { type })
    .map(({ op, name }) => `${op} ${name.split("/").slice(1).join("/")}`)
    .filter((line) => !line.startsWith("same "))
    .sort();

describeEngine("engine: a fleet with Pod Identity changes", (newScope) => {
  let scope: Scope;
  let first: OperationResult;
  let again: OperationResult;
  let anew: OperationResult;
  let wider: OperationResult;
  let renamed: OperationResult;
  let unbound: OperationResult;
  const ids: Record<string, string>[] = [];
  let leftOfUnbound: string[];
  let left: unknown[];
  let roleLeft: unknown;

  const under = (cluster: string, names: string[]) =>
    names.map((name) => `${cluster}/${scope.namespace}/${name}`);

  before(async () => {
    scope = await newScope();
    const [ireland, blue, green] = [
      inMode(scope, "ireland"),
      inMode(scope, "virginia-blue"),
      inMode(scope, "virginia-green"),
    ];
    const issuerUrl = issuerUrlOf({ ...labCluster(scope, "virginia-blue"), issuerId: newIssuerId() });
    const newBlue = { ...blue, issuerUrl };
    // The new name stands behind the others', as the old one stood before them.
    const west = { ...ireland, name: "west", formerNames: ["ireland"] };
    const program = (clusters: (typeof blue)[], names = BOTH) => irsaProgram(awsOnly(scope, clusters, names));
    const note = async (result: Promise<OperationResult>) => {
      const done = await result;
      ids.push(await associationIdsIn(scope, "virginia-blue"));
      return done;
    };

    const stack = await scope.open(program([ireland, blue]));
    first = await note(stack.up());
    again = await note(stack.up());
    anew = await note(stack.up(program([ireland, newBlue])));
    wider = await note(stack.up(program([ireland, newBlue, green])));
    renamed = await stack.up(program([west, newBlue, green]));
    unbound = await stack.up(program([west, newBlue, green], ["reader"]));
    leftOfUnbound = Object.keys(await associationIdsIn(scope, "virginia-green"));
    await stack.destroy();
    left = await Promise.all(
      (["ireland", "virginia-blue", "virginia-green"] as const).map((name) => associationsIn(scope, name)),
    );
    roleLeft = await roleInIam(scope.lab, String(first.outputs.roleName));
  });

  it("has nothing to do in a second up", () => {
    assert.deepEqual(opsOn(first, TYPE.association).length, 4);
    assert.deepEqual(childChanges(again), []);
    assert.deepEqual(ids[1], ids[0]);
  });

  it("replaces the associations of a cluster that was made anew under its name, the old ones first", () => {
    const accounts = under("virginia-blue", BOTH);
    assert.deepEqual(
      opsOn(anew, TYPE.association),
      ["create-replacement", "delete-replaced", "replace"].flatMap((op) =>
        accounts.map((account) => `${op} ${account}`),
      ),
    );
    for (const account of accounts) {
      const association = { type: TYPE.association, name: `app/${account}` };
      assert.ok(
        completedInOrder(
          anew,
          { ...association, op: "delete-replaced" },
          { ...association, op: "create-replacement" },
        ),
      );
    }
    for (const name of BOTH) assert.notEqual(ids[2]?.[name], ids[0]?.[name]);
  });

  it("leaves the role's trust of that cluster as it is", () => {
    assert.deepEqual(opsOn(anew, TYPE.role), []);
    assert.equal(anew.outputs.trustPolicyJson, first.outputs.trustPolicyJson);
  });

  it("adds a cluster with known bindings to one list of the trust policy, and gives it its associations", () => {
    const { [LIST]: before, ...rest } = askedOf(anew);
    const { [LIST]: after, ...restAfter } = askedOf(wider);
    assert.deepEqual(restAfter, rest);
    const arn = `arn:aws:eks:us-east-1:${scope.lab.aws.accountId}:cluster/virginia-green`;
    assert.deepEqual([after].flat().sort(), [before, arn].flat().sort());
    assert.deepEqual(childChanges(wider), [
      ...under("virginia-green", BOTH).map((account) => `create ${TYPE.association} app/${account}`),
      `update ${TYPE.role} app`,
    ]);
    assert.deepEqual(ids[3], ids[2]);
  });

  it("changes nothing where a cluster is renamed with its former name", () => {
    assert.deepEqual(childChanges(renamed), []);
    assert.deepEqual(
      stepsOf(renamed, { type: TYPE.association }).filter(({ name }) => name.startsWith("app/west/")).length,
      2,
    );
  });

  it("takes an association away with its binding, in every cluster, and narrows the trust", () => {
    assert.deepEqual(
      opsOn(unbound, TYPE.association),
      ["virginia-blue", "virginia-green", "west"].flatMap((name) =>
        under(name, ["writer"]).map((account) => `delete ${account}`),
      ),
    );
    assert.deepEqual(leftOfUnbound, ["reader"]);
    assert.equal(askedOf(renamed)["aws:RequestTag/kubernetes-service-account"]?.length, BOTH.length);
    assert.deepEqual([askedOf(unbound)["aws:RequestTag/kubernetes-service-account"]].flat(), ["reader"]);
  });

  it("leaves nothing behind a destroy", () => {
    assert.deepEqual(left, [{}, {}, {}]);
    assert.equal(roleLeft, undefined);
  });
});

describeEngine("engine: an association loses what an update cannot take from it", (newScope) => {
  const results: OperationResult[] = [];
  const found: object[] = [];
  let roleName: string;
  let stack: EngineStack;
  let withTarget: string[];
  let withoutTarget: string[];

  before(async () => {
    const scope = await newScope();
    const [other] = scope.lab.aws.otherAccounts;
    const targetRoleArn = `arn:aws:iam::${other?.accountId}:role/${scope.project}`;
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
    });
    const open = { disableSessionTags: true, allowClusterWideTrust: true };
    const program = (settings: object) =>
      irsaProgram(
        awsOnly(scope, [inMode(scope, "ireland")], ["reader"], {
          podIdentity: { settleSeconds: 0, ...settings },
        }),
      );
    stack = await scope.open(program({ ...open, targetRoleArn, policy }));
    const up = async (changed?: ReturnType<typeof program>) => {
      const result = await stack.up(changed);
      results.push(result);
      const { reader = {} } = await associationsIn(scope, "ireland");
      const { policy: bounds, targetRoleArn: target, disableSessionTags, associationId } = reader;
      found.push({ policy: bounds, target, disableSessionTags, associationId });
      roleName = String(result.outputs.roleName);
      return Object.keys(await inlinePolicies(scope.lab, roleName));
    };
    withTarget = await up();
    await up(program({ ...open, targetRoleArn }));
    withoutTarget = await up(program(open));
    await up(program({}));
  });

  it("is made anew without its policy, and without its target role", () => {
    const replacing = ["create-replacement", "delete-replaced", "replace"];
    const ops = results.map((result) =>
      stepsOf(result, { type: TYPE.association })
        .map(({ op }) => op)
        .sort(),
    );
    assert.deepEqual(ops, [["create"], replacing, replacing, ["update"]]);
  });

  it("has at EKS what the arguments say, each time", () => {
    const seen = found.map((one) => Object.entries(one).flatMap(([key, value]) => (value ? [key] : [])));
    assert.deepEqual(seen, [
      ["policy", "target", "disableSessionTags", "associationId"],
      ["target", "disableSessionTags", "associationId"],
      ["disableSessionTags", "associationId"],
      ["associationId"],
    ]);
  });

  it("takes the role's permission for the target role away with it", () => {
    assert.deepEqual([withTarget, withoutTarget], [["assume-target-role"], []]);
  });
});
