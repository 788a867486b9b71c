import assert from "node:assert/strict";
import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import { buildTrustPolicy } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import { changesOf, stepsOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { describeEngine, makeNamespace, type Scope } from "./lab";
import { providerInIam, roleInIam, serviceAccountsIn } from "./support";

const AUDIENCE = "sts.amazonaws.com";
const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const QUEUE = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
});

/** What exists before Pulumi knows of it, and what each resource of the component is imported by. */
function thingsOf({ lab, project, clusters }: Scope) {
  const { issuerUrl, kubeconfig } = clusters.ireland;
  // As the documentation has it: the account's ARN, and the issuer without https://.
  const providerArn = `arn:aws:iam::${lab.aws.accountId}:oidc-provider/${issuerUrl.replace("https://", "")}`;
  const [roleName, namespace] = [project, `${project}-imported`];
  const subjects = [`system:serviceaccount:${namespace}:reader`];
  const trustPolicy = JSON.stringify(
    buildTrustPolicy([{ name: "ireland", oidcProviderArn: providerArn, subjects }]),
  );
  const roleArn = `arn:aws:iam::${lab.aws.accountId}:role/${roleName}`;
  const annotations = { "eks.amazonaws.com/role-arn": roleArn };
  return { issuerUrl, kubeconfig, roleName, namespace, trustPolicy, annotations, providerArn };
}

type Things = ReturnType<typeof thingsOf>;

/** The import id of each type, as the documentation has them. */
function idsOf({ providerArn, roleName, namespace }: Things) {
  return {
    provider: providerArn,
    role: roleName,
    attachment: `${roleName}/${S3_READ}`,
    inline: `${roleName}:queue`,
    namespace,
    serviceAccount: `${namespace}/reader`,
  };
}

async function makeByHand({ lab }: Scope, things: Things): Promise<void> {
  const { issuerUrl, roleName, namespace, trustPolicy, annotations } = things;
  const iam = iamClient(lab.aws);
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuerUrl, ClientIDList: [AUDIENCE] }));
  await iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: trustPolicy }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: S3_READ }));
  await iam.send(
    new PutRolePolicyCommand({ RoleName: roleName, PolicyName: "queue", PolicyDocument: QUEUE }),
  );
  await makeNamespace(things, namespace);
  await clusterApi(things).core.createNamespacedServiceAccount({
    namespace,
    body: { metadata: { name: "reader", annotations } },
  });
}

/** Bare resources that say what there is, each with its import id. */
function program(things: Things, ids: ReturnType<typeof idsOf>) {
  const { issuerUrl, kubeconfig, roleName, namespace, trustPolicy, annotations } = things;
  return () => {
    const provider = new kubernetes.Provider("ireland", { kubeconfig, clusterIdentifier: issuerUrl });
    new aws.iam.OpenIdConnectProvider(
      "provider",
      { url: issuerUrl, clientIdLists: [AUDIENCE] },
      { import: ids.provider },
    );
    new aws.iam.Role("role", { name: roleName, assumeRolePolicy: trustPolicy }, { import: ids.role });
    new aws.iam.RolePolicyAttachment(
      "attachment",
      { role: roleName, policyArn: S3_READ },
      { import: ids.attachment },
    );
    new aws.iam.RolePolicy(
      "inline",
      { role: roleName, name: "queue", policy: QUEUE },
      { import: ids.inline },
    );
    new kubernetes.core.v1.Namespace(
      "namespace",
      {
        // What Kubernetes itself adds to every namespace has to be said: an import wants the whole.
        metadata: { name: namespace, labels: { "kubernetes.io/metadata.name": namespace } },
        spec: { finalizers: ["kubernetes"] },
      },
      { provider, import: ids.namespace },
    );
    new kubernetes.core.v1.ServiceAccount(
      "serviceAccount",
      { metadata: { namespace, name: "reader", annotations } },
      { provider, import: ids.serviceAccount },
    );
    return Promise.resolve({});
  };
}

describeEngine("engine: import ids", (newScope) => {
  let scope: Scope;
  let things: Things;
  let stack: EngineStack;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;

  const inReality = async () => ({
    provider: await providerInIam(scope.lab, things.issuerUrl),
    role: await roleInIam(scope.lab, things.roleName),
    uid: (await serviceAccountsIn(things, things.namespace)).reader?.metadata?.uid,
  });
  let found: Awaited<ReturnType<typeof inReality>>;
  let left: typeof found;

  before(async () => {
    scope = await newScope();
    things = thingsOf(scope);
    await makeByHand(scope, things);
    found = await inReality();
    stack = await scope.open(program(things, idsOf(things)));
    preview = await stack.preview();
    up = await stack.up();
    left = await inReality();
    again = await stack.preview();
  });

  it("take over each type of resource that the component makes", () => {
    const all = ["attachment", "inline", "namespace", "provider", "role", "serviceAccount"];
    const imported = (result: OperationResult) =>
      stepsOf(result, { op: "import" })
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(imported(preview), all);
    assert.deepEqual(imported(up), all);
    // "inputs to import do not match the existing resource" would be one.
    const warnings = [...preview.diagnostics, ...up.diagnostics].filter(
      ({ severity }) => severity === "warning" || severity === "error",
    );
    assert.deepEqual(warnings, []);
  });

  it("change nothing of what there is, and leave nothing to do", () => {
    assert.ok(found.provider && found.role && found.uid);
    assert.deepEqual(left, found);
    assert.deepEqual(changesOf(again), []);
  });

  it("are the stack's own from then on: destroy deletes them", async () => {
    await stack.destroy();
    assert.deepEqual(await inReality(), { provider: undefined, role: undefined, uid: undefined });
  });
});
