import assert from "node:assert/strict";
import { CreateOpenIDConnectProviderCommand, DeleteOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import type { TrustPolicy } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import { stepOf, stepsOf } from "../../lab/engine/journal";
import { describeEngine, irsaProgram, type Scope, type TestCluster } from "./lab";
import { failureOf, providerArn, providerInIam, roleInIam, TYPE } from "./support";
import { federatedOf } from "../support/statements";

/** Makes the OIDC provider of a cluster as somebody else would, with a tag to know it by. */
async function makeProvider({ lab }: Scope, { issuerUrl }: TestCluster): Promise<string> {
  const { OpenIDConnectProviderArn: arn = "" } = await iamClient(lab.aws).send(
    new CreateOpenIDConnectProviderCommand({
      Url: issuerUrl,
      ClientIDList: ["sts.amazonaws.com"],
      Tags: [{ Key: "owner", Value: "somebody else" }],
    }),
  );
  return arn;
}

async function deleteProvider({ lab }: Scope, OpenIDConnectProviderArn: string): Promise<void> {
  await iamClient(lab.aws).send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
}

describeEngine("engine: an OIDC provider that exists already", (newScope) => {
  let scope: Scope;
  let existing: TestCluster;
  let arn: string;

  beforeEach(async () => {
    scope = await newScope();
    existing = scope.clusters.ireland;
    arn = await makeProvider(scope, existing);
  });

  afterEach(() => deleteProvider(scope, arn));

  const programWith = (cluster: TestCluster) =>
    irsaProgram({
      clusters: [cluster, scope.clusters["virginia-blue"]],
      serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
    });

  it("is trusted when it is adopted, and neither created, changed nor deleted", async () => {
    const before = await providerInIam(scope.lab, existing.issuerUrl);
    const stack = await scope.open(programWith({ ...existing, oidcProviderArn: arn }));

    const up = await stack.up();
    assert.equal(stepOf(up, { type: TYPE.oidcProvider }).name, "app/virginia-blue");
    const role = await roleInIam(scope.lab, String(up.outputs.roleName));
    const { Statement } = JSON.parse(role!.trustPolicy) as TrustPolicy;
    assert.equal(federatedOf(Statement[0]!), arn);
    assert.deepEqual(up.outputs.oidcProviderArns, {
      ireland: arn,
      "virginia-blue": providerArn(scope.lab, scope.clusters["virginia-blue"].issuerUrl),
    });

    const destroy = await stack.destroy();
    assert.equal(stepOf(destroy, { type: TYPE.oidcProvider }).name, "app/virginia-blue");
    assert.deepEqual(before?.tags, { owner: "somebody else" });
    assert.deepEqual(await providerInIam(scope.lab, existing.issuerUrl), before);
  });

  it("is in the way of a second one for the same issuer: AWS says so, and no role is made", async () => {
    const stack = await scope.open(programWith(existing));
    const { message, result } = await failureOf(stack.up());
    assert.match(message, /EntityAlreadyExists/);
    assert.ok(message.includes(`Provider with url ${existing.issuerUrl} already exists.`), message);
    assert.deepEqual(stepsOf(result, { type: TYPE.role }), []);
    assert.equal((await providerInIam(scope.lab, existing.issuerUrl))?.tags.owner, "somebody else");
  });
});
