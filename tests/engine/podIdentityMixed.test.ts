import assert from "node:assert/strict";
import { UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { IdentityMode, TrustPolicyForm } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import type { Role } from "../../lab/demo/ways";
import { stepOf, stepsOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { proveTrust } from "../../lab/proof/prove";
import type { LabClusterName } from "../../lab/supervisor/client";
import { accessTable } from "../../trust/access";
import { buildTrustPolicy } from "../../trust/policy";
import { trustPolicySize } from "../../trust/size";
import { subjectOf } from "../../trust/subject";
import type { TrustedCluster } from "../../trust/types";
import { readPage, tableAfter } from "../docs/page";
import { EachWay } from "./eachWay";
import { describeEngine, irsaProgram, makeNamespace, type Scope } from "./lab";
import {
  another,
  argumentsOf,
  BINDINGS,
  claimOf,
  eksArn,
  everybody,
  everyCluster,
  isAdmitted,
  NAMES,
  NAMESPACES,
  trustedOf,
  WAYS,
  type Pair,
} from "./mixedFleet";
import { decisionFor, pairOf, spoiltDocuments, type Spoil } from "./mixedFaults";
import { deleteProvider, makeProvider, providerArn, providerInIam, TYPE } from "./support";

const { Irsa, PodIdentity } = IdentityMode;

describeEngine("engine: a fleet of three identities whose bindings differ by cluster", (newScope) => {
  let scope: Scope;
  let up: OperationResult;
  let role: Role;
  let document: string;
  let bySubject: string;
  let tries: EachWay;
  const undoing: (() => Promise<void>)[] = [];

  before(async () => {
    scope = await newScope({ pods: true });
    const { lab } = scope;
    for (const namespace of NAMESPACES) {
      await Promise.all(lab.clusters.map((cluster) => makeNamespace(cluster, namespace)));
    }
    const clusters = argumentsOf(lab, scope.clusters);
    const args = { clusters, serviceAccounts: BINDINGS, podIdentity: { settleSeconds: 0 } };
    const stack = await scope.open(irsaProgram(args));
    up = await stack.up();
    role = { arn: String(up.outputs.roleArn), name: String(up.outputs.roleName) };
    document = String(up.outputs.trustPolicyJson);
    const trust = { form: TrustPolicyForm.SubjectOnly };
    const preview = await stack.preview(irsaProgram({ ...args, trust }));
    bySubject = String(stepOf(preview, { type: TYPE.role }).newInputs?.assumeRolePolicy);

    tries = new EachWay(lab, role);
    for (const { issuerUrl } of everyCluster(lab)) {
      if (await providerInIam(lab, issuerUrl)) continue;
      const provider = await makeProvider(lab, issuerUrl);
      undoing.push(() => deleteProvider(lab, provider));
    }
    undoing.push(() => tries.cleanUp());
    for (const who of everybody(lab)) await tries.prepare(who);
  });

  after(async () => {
    for (const undo of undoing) await undo();
  });

  /** What the evaluator makes of everybody, by each way. */
  const evaluated = (policy: string): Map<string, string> => {
    const clusters = everyCluster(scope.lab).map((cluster) => ({
      name: cluster.name,
      oidcProviderArn: providerArn(scope.lab, cluster.issuerUrl),
      podIdentity: { clusterArn: eksArn(scope.lab, cluster) },
    }));
    const accounts = NAMESPACES.flatMap((namespace) => NAMES.map((name) => ({ namespace, name })));
    const rows = accessTable(policy, clusters, accounts);
    return new Map(rows.map(({ identity: way, decision, ...who }) => [called({ ...who, way }), decision]));
  };
  const pairs = () => everybody(scope.lab).flatMap((who) => WAYS.map((way): Pair => ({ ...who, way })));

  it("makes associations of B and C, and OIDC providers of A and B", () => {
    const made = (type: string) => stepsOf(up, { type }).map(({ name }) => name.replace("app/", ""));
    assert.deepEqual(made(TYPE.association).sort(), [
      "virginia-blue/shop/a-b",
      "virginia-blue/shop/all",
      "virginia-blue/shop/b-c",
      "virginia-green/bank/a-b",
      "virginia-green/shop/all",
      "virginia-green/shop/b-c",
    ]);
    assert.deepEqual(made(TYPE.oidcProvider).sort(), ["ireland", "virginia-blue"]);
    assert.deepEqual(JSON.parse(document), buildTrustPolicy(trustedOf(scope.lab)));
  });

  it("is decided alike by bindings, evaluator and AWS, for every ServiceAccount of every cluster by both ways", async () => {
    const decided = evaluated(document);
    const rows: { who: string; bindings: string; evaluator: string; aws: string }[] = [];
    for (const pair of pairs()) {
      const who = called(pair);
      const bindings = isAdmitted(pair) ? "allow" : "deny";
      rows.push({ who, bindings, evaluator: decided.get(who) ?? "not said", aws: await tries.answer(pair) });
    }
    const differing = rows.filter(
      ({ bindings, evaluator, aws }) => evaluator !== bindings || aws !== bindings,
    );
    const table = rows.map((row) => Object.values(row).join(" | ")).join("\n");
    assert.deepEqual(differing, [], `who | bindings | evaluator | AWS\n${table}`);
    assert.equal(rows.length, 64);
    // Two of A and three of B by token, three of B and three of C by association.
    assert.equal(rows.filter(({ aws }) => aws === "allow").length, 11);
  });

  it("is proved, and so is what SubjectOnly would make of it, of which the evaluator says the same", async () => {
    for (const policy of [document, bySubject]) {
      const { proved, text } = await proveTrust(policy, claimOf(scope.lab));
      assert.ok(proved, text);
    }
    assert.notEqual(bySubject, document);
    assert.deepEqual(evaluated(bySubject), evaluated(document));
  });

  it("takes for a further cluster like A 466 bytes, like B 558, like C 118, and for a further group 331, as the docs compute them", () => {
    const trusted = trustedOf(scope.lab);
    const sizeWith = (...more: TrustedCluster[]) => trustPolicySize(buildTrustPolicy([...trusted, ...more]));
    assert.equal(up.outputs.trustPolicySize, sizeWith());
    const figures = documentedSizes();
    const expected: [LabClusterName, each: number, listsOfOne: number][] = [
      ["ireland", figures.tokens(2), 0],
      ["virginia-blue", figures.tokens(3) + figures.arn, 1],
      ["virginia-green", 2 * figures.arn, 2],
    ];
    const sizes = expected.map(([name, each, listsOfOne]) => {
      const like = trusted.find((cluster) => cluster.name === name)!;
      const [one, other] = [another("virginia-pink", like), another("virginia-teal", like)];
      assert.equal(sizeWith(one, other) - sizeWith(one), each, name);
      assert.equal(
        sizeWith(one) - sizeWith(),
        each + 2 * listsOfOne,
        `${name}: a list of one has no brackets`,
      );
      return each;
    });
    const { oidcProviderArn: _, ...byAssociation } = trusted.find(({ podIdentity }) => podIdentity)!;
    const group = { ...another("virginia-pink", byAssociation), subjects: [subjectOf("shop", "b-c")] };
    assert.equal(sizeWith(group) - sizeWith(), figures.group);
    assert.deepEqual([...sizes, figures.group], [466, 558, 118, 331]);
  });

  /**
   * Finds the fault in each statement that can have it, and has AWS confirm what the proof says of it. Faults are put into the document
   * without the audience: in the other one there is no room for them.
   */
  const finds = (fault: string, statements: number, spoil: (scope: Scope) => Spoil) =>
    it(`is seen to differ from its bindings where ${fault}: the proof finds who, and AWS confirms it`, async () => {
      const spoilt = spoiltDocuments(bySubject, spoil(scope));
      assert.equal(spoilt.length, statements);
      for (const policy of spoilt) await confirm(policy);
    });

  async function confirm(policy: string): Promise<void> {
    const proof = await proveTrust(policy, claimOf(scope.lab));
    assert.ok(!proof.proved, `a fault is not found: ${policy}`);
    const { counterexample, text } = proof;
    const pair = pairOf(counterexample, scope.lab);
    const [says, others] = counterexample.policy === "admits" ? ["allow", "deny"] : ["deny", "allow"];
    assert.equal(isAdmitted(pair), others === "allow", text);
    await tries.prepare(pair);
    const iam = iamClient(scope.lab.aws);
    const put = (PolicyDocument: string) =>
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role.name, PolicyDocument }));
    const right = await tries.answer(pair);
    await put(policy);
    const spoilt = await tries.answer(pair).finally(() => put(document));
    const evaluator = decisionFor(policy, counterexample);
    assert.deepEqual({ right, spoilt, evaluator }, { right: others, spoilt: says, evaluator: says }, text);
  }

  const TAG = "aws:RequestTag/";
  finds("a list of clusters has a foreign one", 3, ({ lab }) => ({
    key: `${TAG}eks-cluster-arn`,
    values: (old) => [...old, eksArn(lab, lab.stranger)],
  }));
  finds("a list of namespaces has a foreign one", 3, () => ({
    key: `${TAG}kubernetes-namespace`,
    values: (old) => [...old, ...NAMESPACES],
  }));
  finds("a list of names has a foreign one", 3, () => ({
    key: `${TAG}kubernetes-service-account`,
    values: (old) => [...old, "nobody"],
  }));
  finds("a list of subjects has a foreign one", 2, () => ({
    key: ":sub",
    values: (old) => [...old, subjectOf("shop", "nobody")],
  }));
  for (const tag of ["eks-cluster-arn", "kubernetes-namespace", "kubernetes-service-account"]) {
    finds(`the condition on ${tag} is dropped`, 3, () => ({ key: TAG + tag, values: () => [] }));
  }
  finds("the condition on the subject is dropped", 2, () => ({ key: ":sub", values: () => [] }));
});

function called({ cluster, namespace, serviceAccount, way }: Pair): string {
  return `${cluster} ${namespace}/${serviceAccount} by ${way === Irsa ? "its token" : PodIdentity}`;
}

/** The figures of docs/trust-policy.md for us-east-1, to whose length eu-west-1 is equal, with this fleet's names. */
function documentedSizes() {
  const page = readPage("docs/trust-policy.md");
  const row = (table: string, ...cells: string[]) =>
    tableAfter(page, table).find((one) => cells.every((cell, index) => one[index]?.startsWith(cell)))!;
  const form = "`StatementPerCluster`";
  const [, , , , one] = row("sizes", "us-east-1", "1", form).map(Number);
  const [, , , , three] = row("sizes", "us-east-1", "3", form).map(Number);
  const [, ofFour] = row("additions", "a second ServiceAccount").map(Number);
  const [, , , each, group] = row("pod sizes", "us-east-1", "with session tags").map(Number);
  const accounts = "shop/all".length - "default/s3-reader".length;
  const clusters = "virginia-pink".length - "cluster000".length;
  return {
    tokens: (count: 2 | 3) => (count === 3 ? three! : one! + ofFour! / 4) + count * accounts,
    arn: each! + clusters,
    group: group! + clusters + accounts,
  };
}
