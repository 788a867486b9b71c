import assert from "node:assert/strict";
import {
  AddClientIDToOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { iamClient } from "../../lab/aws/clients";
import { changesOf, stepOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import {
  attachedPolicies,
  inlinePolicies,
  providerArn,
  providerInIam,
  roleInIam,
  serviceAccountsIn,
  TYPE,
} from "./support";

const ROLE_ARN = "eks.amazonaws.com/role-arn";
const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const INLINE = allow("sqs:SendMessage");

function allow(Action: string): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
}

const programOf = ({ clusters, namespace }: Scope) =>
  irsaProgram({
    clusters: [clusters.ireland, clusters["virginia-blue"]],
    serviceAccounts: [{ namespace, name: "reader" }],
    policyArns: { s3Read: S3_READ },
    inlinePolicies: { queue: INLINE },
  });

/** What a well-meaning administrator does, and one who means no good. */
async function meddle(scope: Scope, roleName: string): Promise<void> {
  const { lab, clusters, namespace } = scope;
  const { ireland, "virginia-blue": blue } = clusters;
  const iam = iamClient(lab.aws);
  const { trustPolicy } = (await roleInIam(lab, roleName))!;
  const evil = trustPolicy.replace(/"system:serviceaccount:[^"]*"/, '["system:serviceaccount:evil:twin"]');
  assert.notEqual(evil, trustPolicy);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument: evil }));
  await iam.send(
    new AddClientIDToOpenIDConnectProviderCommand({
      OpenIDConnectProviderArn: providerArn(lab, ireland.issuerUrl),
      ClientID: "vault",
    }),
  );
  await iam.send(
    new DeleteOpenIDConnectProviderCommand({
      OpenIDConnectProviderArn: providerArn(lab, blue.issuerUrl),
    }),
  );
  await iam.send(new DetachRolePolicyCommand({ RoleName: roleName, PolicyArn: S3_READ }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: roleName, PolicyName: "queue", PolicyDocument: allow("*") }),
  );
  const target = { namespace, name: "reader" };
  const { core } = clusterApi(ireland);
  const account = await core.readNamespacedServiceAccount(target);
  assert.deepEqual(Object.keys(account.metadata?.annotations ?? {}), [ROLE_ARN]);
  account.metadata!.annotations = {};
  await core.replaceNamespacedServiceAccount({ ...target, body: account });
  await clusterApi(blue).core.deleteNamespacedServiceAccount(target);
}

/** All that the stack made, as IAM and the clusters have it. */
async function inReality({ lab, clusters, namespace }: Scope, roleName: string) {
  const { ireland, "virginia-blue": blue } = clusters;
  const annotated = async (cluster: typeof ireland) =>
    (await serviceAccountsIn(cluster, namespace)).reader?.metadata?.annotations;
  return {
    trustPolicy: JSON.parse((await roleInIam(lab, roleName))!.trustPolicy) as unknown,
    attached: await attachedPolicies(lab, roleName),
    inline: await inlinePolicies(lab, roleName),
    clientIds: {
      ireland: (await providerInIam(lab, ireland.issuerUrl))?.clientIds,
      blue: (await providerInIam(lab, blue.issuerUrl))?.clientIds,
    },
    annotations: { ireland: await annotated(ireland), blue: await annotated(blue) },
  };
}

/** What changed or would change, as lines. */
const shown = (result: OperationResult) =>
  changesOf(result)
    .map(({ op, type, name }) => `${op} ${type} ${name}`)
    .sort();

describeEngine("engine: what others changed by hand", (newScope) => {
  let scope: Scope;
  let stack: EngineStack;
  let roleName: string;
  let first: Awaited<ReturnType<typeof inReality>>;
  let meddled: typeof first;
  let refresh: OperationResult;
  let preview: OperationResult;
  let up: OperationResult;
  let healed: typeof first;
  let second: OperationResult;

  before(async () => {
    scope = await newScope();
    stack = await scope.open(programOf(scope));
    const { outputs } = await stack.up();
    roleName = String(outputs.roleName);
    first = await inReality(scope, roleName);
    await meddle(scope, roleName);
    meddled = await inReality(scope, roleName);
    refresh = await stack.refresh();
    preview = await stack.preview();
    up = await stack.up();
    healed = await inReality(scope, roleName);
    second = await stack.up();
  });

  /** By what the engine does to it: each resource that was meddled with. */
  const expected = (gone: string, changed: string) => {
    const account = (cluster: string) => `${TYPE.serviceAccount} app/${cluster}/${scope.namespace}/reader`;
    return [
      `${gone} ${TYPE.oidcProvider} app/virginia-blue`,
      `${gone} ${TYPE.attachment} app/s3Read`,
      `${gone} ${account("virginia-blue")}`,
      `${changed} ${TYPE.oidcProvider} app/ireland`,
      `${changed} ${TYPE.role} app`,
      `${changed} ${TYPE.inlinePolicy} app/queue`,
      `${changed} ${account("ireland")}`,
    ].sort();
  };

  it("was seven things, which would let a stranger in and keep a reader out", () => {
    assert.match(JSON.stringify(meddled.trustPolicy), /evil:twin/);
    assert.deepEqual(meddled.clientIds, { ireland: ["sts.amazonaws.com", "vault"], blue: undefined });
    assert.deepEqual(meddled.annotations, { ireland: undefined, blue: undefined });
    assert.deepEqual(meddled.attached, []);
    assert.match(JSON.stringify(meddled.inline), /"Action":"\*"/);
  });

  it("is seen by a refresh, each thing and nothing else", () => {
    const types = new Map(refresh.steps.map(({ urn, type, name }) => [urn, `${type} ${name}`]));
    const seen = refresh.completed.map(({ op, urn }) => `${op} ${types.get(urn) ?? urn}`);
    const changed = seen.filter((line) => /^(update|delete) /.test(line)).sort();
    assert.deepEqual(changed, expected("delete", "update"), seen.join("\n"));
    assert.deepEqual(refresh.summary, { delete: 3, update: 4, same: 4 });
  });

  it("is healed as the preview shows, and the preview shows what stands there now", () => {
    assert.deepEqual(shown(preview), expected("create", "update"));
    assert.deepEqual(shown(up), shown(preview));
    const role = stepOf(preview, { type: TYPE.role });
    assert.match(String(role.oldInputs?.assumeRolePolicy), /evil:twin/);
    assert.deepEqual(JSON.parse(String(role.newInputs?.assumeRolePolicy)), first.trustPolicy);
    const diffs = preview.steps.flatMap(({ type, detailedDiff = {} }) =>
      Object.entries(detailedDiff).map(([path, kind]) => `${type} ${kind} ${path}`),
    );
    assert.deepEqual(diffs.sort(), [
      `${TYPE.oidcProvider} delete clientIdLists[1]`,
      `${TYPE.role} update assumeRolePolicy`,
      `${TYPE.inlinePolicy} update policy`,
      `${TYPE.serviceAccount} add metadata.annotations`,
    ]);
  });

  it("is as it was after `up`, and replaces nothing", () => {
    assert.deepEqual(healed, first);
    assert.deepEqual(first.annotations.ireland, { [ROLE_ARN]: up.outputs.roleArn });
    assert.deepEqual(first.clientIds, { ireland: ["sts.amazonaws.com"], blue: ["sts.amazonaws.com"] });
    assert.equal(up.outputs.roleName, roleName);
  });

  it("leaves a second `up` nothing to do", () => {
    assert.deepEqual(shown(second), []);
    assert.deepEqual(second.summary, { same: 11 });
  });
});
