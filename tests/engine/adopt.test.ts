import assert from "node:assert/strict";
import {
  AddClientIDToOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from "@aws-sdk/client-iam";
import type { TrustPolicy } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import { stepOf, stepsOf } from "../../lab/engine/journal";
import { describeEngine, irsaProgram, type Scope, type TestCluster } from "./lab";
import {
  deleteProvider,
  failureOf,
  makeProvider,
  providerArn,
  providerInIam,
  roleInIam,
  TYPE,
} from "./support";
import { federatedOf } from "../support/statements";

describeEngine("engine: an OIDC provider that exists already", (newScope) => {
  let scope: Scope;
  let existing: TestCluster;
  let arn: string;

  beforeEach(async () => {
    scope = await newScope();
    existing = scope.clusters.ireland;
    arn = await makeProvider(scope.lab, existing.issuerUrl, { owner: "somebody else" });
  });

  afterEach(() => deleteProvider(scope.lab, arn));

  const programWith = (cluster: TestCluster) =>
    irsaProgram({
      clusters: [cluster, scope.clusters["virginia-blue"]],
      serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
    });

  it("is trusted when it is adopted, and neither created, changed nor deleted", async () => {
    const before = await providerInIam(scope.lab, existing.issuerUrl);
    const stack = await scope.open(programWith({ ...existing, oidcProviderArn: arn }));

    const up = await stack.up();
    assert.equal(stepOf(up, { type: TYPE.oidcProvider, op: "create" }).name, "app/virginia-blue");
    const role = await roleInIam(scope.lab, String(up.outputs.roleName));
    const { Statement } = JSON.parse(role!.trustPolicy) as TrustPolicy;
    assert.equal(federatedOf(Statement[0]!), arn);
    assert.deepEqual(up.outputs.oidcProviderArns, {
      ireland: arn,
      "virginia-blue": providerArn(scope.lab, scope.clusters["virginia-blue"].issuerUrl),
    });

    const destroy = await stack.destroy();
    assert.equal(stepOf(up, { type: TYPE.oidcProvider, op: "read" }).name, "app/ireland");
    assert.equal(stepOf(destroy, { type: TYPE.oidcProvider, op: "delete" }).name, "app/virginia-blue");
    assert.equal(stepOf(destroy, { type: TYPE.oidcProvider, op: "discard" }).name, "app/ireland");
    assert.deepEqual(before?.tags, { owner: "somebody else" });
    assert.deepEqual(await providerInIam(scope.lab, existing.issuerUrl), before);
  });

  it("is in the way of a second one for the same issuer: preview and up say what to write, and no role is made", async () => {
    const stack = await scope.open(programWith(existing));
    for (const operation of [() => stack.preview(), () => stack.up()]) {
      const { message, result } = await failureOf(operation());
      assert.match(message, /clusters\[0\]\.issuerUrl has an OIDC provider in this account already/);
      assert.ok(message.includes(`adopt ${arn} by clusters[0].oidcProviderArn`), message);
      assert.deepEqual(stepsOf(result, { type: TYPE.role }), []);
    }
    assert.equal((await providerInIam(scope.lab, existing.issuerUrl))?.tags.owner, "somebody else");
  });

  it("must admit tokens for STS, and be there: the preview says so", async () => {
    const iam = iamClient(scope.lab.aws);
    const id = { OpenIDConnectProviderArn: arn, ClientID: "sts.amazonaws.com" };
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...id, ClientID: "other" }));
    await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand(id));
    const stack = await scope.open(programWith({ ...existing, oidcProviderArn: arn }));
    const { message } = await failureOf(stack.preview());
    assert.match(message, /clusters\[0\]\.oidcProviderArn names a provider with the client IDs \["other"\]/);
    assert.match(message, /aws iam add-client-id-to-open-id-connect-provider/);

    const { issuerUrl } = scope.clusters["virginia-green"];
    const absent = providerArn(scope.lab, issuerUrl);
    const missing = await failureOf(
      stack.preview(programWith({ ...scope.clusters["virginia-green"], oidcProviderArn: absent })),
    );
    assert.ok(missing.message.includes(`resource '${absent}' does not exist`), missing.message);
    assert.deepEqual(stepsOf(missing.result, { type: TYPE.role }), []);
  });
});
