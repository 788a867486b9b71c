import assert from "node:assert/strict";
import type { MultiClusterIrsaArgs } from "../../index";
import { changesOf, completedInOrder, stepOf, stepsOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import {
  allProviderArns,
  attachedPolicies,
  inlinePolicies,
  podsIn,
  providerArn,
  providerInIam,
  roleInIam,
  serviceAccountsIn,
  TYPE,
} from "./support";

const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const LOGS = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "logs:PutLogEvents", Resource: "*" }],
};

function argsOf({ clusters, namespace }: Scope): MultiClusterIrsaArgs {
  return {
    // Not in the order of the names, which is that of the statements.
    clusters: [clusters["virginia-green"], clusters.ireland, clusters["virginia-blue"]],
    serviceAccounts: [
      { namespace, name: "reader" },
      { namespace, name: "reporter", clusters: ["ireland", "virginia-blue"] },
    ],
    policyArns: { s3Read: S3_READ },
    inlinePolicies: { logs: JSON.stringify(LOGS) },
    samplePod: {},
    tags: { team: "data" },
  };
}

/** The document as AWS's guide writes it for an EKS cluster, one statement for each. */
function expectedTrustPolicy({ lab, clusters, namespace }: Scope): object {
  const statement = (issuerUrl: string, subjects: string | string[]) => ({
    Effect: "Allow",
    Principal: { Federated: providerArn(lab, issuerUrl) },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${issuerUrl.slice("https://".length)}:aud`]: "sts.amazonaws.com",
        [`${issuerUrl.slice("https://".length)}:sub`]: subjects,
      },
    },
  });
  const reader = `system:serviceaccount:${namespace}:reader`;
  const reporter = `system:serviceaccount:${namespace}:reporter`;
  return {
    Version: "2012-10-17",
    Statement: [
      statement(clusters.ireland.issuerUrl, [reader, reporter]),
      statement(clusters["virginia-blue"].issuerUrl, [reader, reporter]),
      statement(clusters["virginia-green"].issuerUrl, reader),
    ],
  };
}

/** Everything of a scope that IAM and the clusters have. */
async function inReality({ lab, namespace, clusters }: Scope, roleName: string) {
  const role = await roleInIam(lab, roleName);
  const issuers = Object.values(clusters).map(({ issuerUrl }) => issuerUrl);
  return {
    role,
    attached: role ? await attachedPolicies(lab, roleName) : [],
    inline: role ? await inlinePolicies(lab, roleName) : {},
    providers: await Promise.all(issuers.map((issuer) => providerInIam(lab, issuer))),
    serviceAccounts: await Promise.all(lab.clusters.map((one) => serviceAccountsIn(one, namespace))),
    pods: await Promise.all(lab.clusters.map((one) => podsIn(one, namespace))),
    names: lab.clusters.map(({ name }) => name),
  };
}

/** A resource in a stack's state. */
interface RecordedResource {
  urn: string;
  type: string;
  dependencies?: string[];
}

async function recordedIn(stack: EngineStack): Promise<RecordedResource[]> {
  const { deployment } = (await stack.exportState()) as { deployment: { resources?: RecordedResource[] } };
  return deployment.resources ?? [];
}

describeEngine("engine: a first deployment", (newScope) => {
  let scope: Scope;
  let preview: OperationResult;
  let up: OperationResult;
  let deployed: Awaited<ReturnType<typeof inReality>>;
  let again: OperationResult;
  let destroy: OperationResult;
  let recorded: RecordedResource[];
  let resourcesLeft: RecordedResource[];
  let after: Awaited<ReturnType<typeof inReality>>;

  before(async () => {
    scope = await newScope({ pods: true });
    const stack = await scope.open(irsaProgram(argsOf(scope)));
    preview = await stack.preview();
    up = await stack.up();
    deployed = await inReality(scope, String(up.outputs.roleName));
    recorded = await recordedIn(stack);
    again = await stack.preview();
    destroy = await stack.destroy();
    resourcesLeft = await recordedIn(stack);
    after = await inReality(scope, String(up.outputs.roleName));
  });

  it("shows the whole trust policy in the preview", () => {
    const shown = stepOf(preview, { op: "create", type: TYPE.role }).newInputs?.assumeRolePolicy;
    assert.deepEqual(JSON.parse(String(shown)), expectedTrustPolicy(scope));
  });

  it("deploys to the letter what the preview showed", () => {
    const shown = stepOf(preview, { op: "create", type: TYPE.role }).newInputs?.assumeRolePolicy;
    assert.equal(up.outputs.trustPolicyJson, shown);
    assert.deepEqual(JSON.parse(deployed.role!.trustPolicy), expectedTrustPolicy(scope));
  });

  it("gives the size of the trust policy as IAM counts it", () => {
    const sent = JSON.stringify(expectedTrustPolicy(scope));
    assert.equal(up.outputs.trustPolicySize, sent.replace(/\s/g, "").length);
  });

  it("makes in `up` what the preview announced, resource by resource", () => {
    const announced = preview.steps.map(({ op, urn }) => `${op} ${urn}`).sort();
    assert.deepEqual(up.steps.map(({ op, urn }) => `${op} ${urn}`).sort(), announced);
    assert.equal(stepsOf(up, { op: "create", type: TYPE.oidcProvider }).length, 3);
    assert.equal(stepsOf(up, { op: "create", type: TYPE.serviceAccount }).length, 5);
    assert.equal(stepsOf(up, { op: "create", type: TYPE.pod }).length, 5);
  });

  it("makes the OIDC providers before the role", () => {
    assert.ok(completedInOrder(up, { type: TYPE.oidcProvider }, { type: TYPE.role }));
  });

  it("makes the policies before the ServiceAccounts", () => {
    assert.ok(completedInOrder(up, { type: TYPE.attachment }, { type: TYPE.serviceAccount }));
    assert.ok(completedInOrder(up, { type: TYPE.inlinePolicy }, { type: TYPE.serviceAccount }));
  });

  it("makes each ServiceAccount before its pod", () => {
    for (const { name } of stepsOf(up, { type: TYPE.pod })) {
      assert.ok(completedInOrder(up, { type: TYPE.serviceAccount, name }, { type: TYPE.pod, name }), name);
    }
  });

  it("owes that order to dependencies, and not to chance", () => {
    const urnsOf = (type: string) => recorded.filter((one) => one.type === type).map(({ urn }) => urn);
    const assertDepends = (type: string, on: string[]) => {
      const dependents = recorded.filter((one) => one.type === type);
      assert.ok(dependents.length > 0 && on.length > 0, type);
      for (const { urn, dependencies = [] } of dependents) {
        assert.deepEqual(
          on.filter((needed) => !dependencies.includes(needed)),
          [],
          urn,
        );
      }
    };
    assertDepends(TYPE.role, urnsOf(TYPE.oidcProvider));
    assertDepends(TYPE.serviceAccount, [...urnsOf(TYPE.attachment), ...urnsOf(TYPE.inlinePolicy)]);
    for (const { urn, dependencies = [] } of recorded.filter(({ type }) => type === TYPE.pod)) {
      assert.ok(dependencies.includes(urn.replace(TYPE.pod, TYPE.serviceAccount)), urn);
    }
  });

  it("gives OIDC providers the one client ID, and the tags", () => {
    assert.equal(deployed.providers.length, 3);
    for (const provider of deployed.providers) {
      assert.deepEqual(provider?.clientIds, ["sts.amazonaws.com"]);
      assert.deepEqual(provider.tags, { team: "data" });
    }
  });

  it("attaches the policies to the role", () => {
    assert.deepEqual(deployed.attached, [S3_READ]);
    assert.deepEqual(deployed.inline, { logs: LOGS });
  });

  it("annotates the ServiceAccounts, in the clusters that they are bound in and no others", () => {
    const expected: Record<string, string[]> = {
      ireland: ["reader", "reporter"],
      "virginia-blue": ["reader", "reporter"],
      "virginia-green": ["reader"],
    };
    deployed.serviceAccounts.forEach((accounts, index) => {
      assert.deepEqual(Object.keys(accounts).sort(), expected[deployed.names[index]!]);
      for (const { metadata } of Object.values(accounts)) {
        assert.equal(metadata?.annotations?.["eks.amazonaws.com/role-arn"], up.outputs.roleArn);
      }
    });
    assert.equal(up.outputs.roleArn, deployed.role?.Arn);
  });

  it("has nothing to do in a second preview", () => {
    assert.deepEqual(changesOf(again), []);
    assert.equal(again.summary.same, up.summary.create);
  });

  it("destroys in the other direction", () => {
    for (const { name } of stepsOf(destroy, { type: TYPE.pod })) {
      assert.ok(
        completedInOrder(destroy, { type: TYPE.pod, name }, { type: TYPE.serviceAccount, name }),
        name,
      );
    }
    assert.ok(completedInOrder(destroy, { type: TYPE.serviceAccount }, { type: TYPE.attachment }));
    assert.ok(completedInOrder(destroy, { type: TYPE.serviceAccount }, { type: TYPE.inlinePolicy }));
    assert.ok(completedInOrder(destroy, { type: TYPE.attachment }, { type: TYPE.role }));
    assert.ok(completedInOrder(destroy, { type: TYPE.role }, { type: TYPE.oidcProvider }));
  });

  it("leaves nothing behind", async () => {
    assert.deepEqual(resourcesLeft, []);
    assert.equal(after.role, undefined);
    assert.deepEqual(after.providers, [undefined, undefined, undefined]);
    const arns = await allProviderArns(scope.lab);
    for (const { issuerUrl } of Object.values(scope.clusters)) {
      assert.ok(!arns.includes(providerArn(scope.lab, issuerUrl)), issuerUrl);
    }
    assert.deepEqual(after.serviceAccounts, [{}, {}, {}]);
    assert.deepEqual(after.pods, [{}, {}, {}]);
  });
});
