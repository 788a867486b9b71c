import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import type { OperationResult } from "../../lab/engine/workspace";
import { allProviderArns, failureOf, providerArn, roleInIam, serviceAccountsIn } from "../engine/support";
import { answerTo } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { consumer } from "../support/consumers";
import { tarball } from "../surface/tarball";
import { openLanguageExample, packageIn, type LanguageExample } from "./languages";

describeEngine("examples: YAML", (newScope) => {
  consumer("YAML");
  let scope: Scope;
  let example: LanguageExample;
  let preview: OperationResult;
  let up: OperationResult;
  let roleArn: string;

  before(async () => {
    scope = await newScope({ pods: true });
    example = await openLanguageExample(scope, "yaml");
    preview = await example.preview();
    up = await example.up();
    roleArn = String(up.outputs.roleArn);
  });

  after(async () => {
    await example.destroy();
  });

  it("adds the package by its folder, as `pulumi package add` does for everybody", () => {
    assert.match(example.added, /Successfully generated an SDK for the eks-irsa package/);
  });

  it("runs the package as npm publishes it", async () => {
    const entries = readdirSync(packageIn(scope.lab.directory), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const published = [...(await tarball()).files.keys()];
    assert.deepEqual(
      files.map((file) => relative(packageIn(scope.lab.directory), file)).sort(),
      published.sort(),
    );
  });

  it("shows in README what its preview prints", () => {
    example.assertShown(preview);
  });

  it("gives the ServiceAccounts the role, each in its clusters", async () => {
    const { "virginia-blue": east, ireland: west } = scope.clusters;
    const annotated = async (cluster: typeof east) =>
      Object.fromEntries(
        Object.entries(await serviceAccountsIn(cluster, scope.namespace)).map(([name, { metadata }]) => [
          name,
          metadata?.annotations?.["eks.amazonaws.com/role-arn"],
        ]),
      );
    assert.deepEqual(await annotated(east), { "report-reader": roleArn, "s3-reader": roleArn });
    assert.deepEqual(await annotated(west), { "s3-reader": roleArn });
  });

  it("lets the tokens of exactly those have the role", async () => {
    const { lab, namespace } = scope;
    const ask = (cluster: string, name: string) => answerTo(lab, roleArn, { cluster, namespace, name });
    assert.equal(await ask("virginia-blue", "s3-reader"), "session");
    assert.equal(await ask("virginia-blue", "report-reader"), "session");
    assert.equal(await ask("ireland", "s3-reader"), "session");
    assert.match(await ask("virginia-blue", "default"), /^AccessDenied/);
  });

  it("has nothing to change in a second preview", async () => {
    const { summary } = await example.preview();
    assert.deepEqual(Object.keys(summary), ["same"]);
  });

  it("is told by the property what is wrong, before anything is made, and without a stack", async () => {
    const text = BAD.replaceAll("<issuer>", scope.clusters.ireland.issuerUrl);
    const files = { "Pulumi.yaml": text };
    const bad = await openLanguageExample(scope, "yaml", {
      stack: "bad",
      project: `${scope.project}-bad`,
      files,
    });
    const { result } = await failureOf(bad.preview());
    for (const expected of [
      /issuerUrl: Missing required property 'issuerUrl'/,
      /Existing properties are: .* and \d+ others/,
      /thumbprints: Cannot assign type 'string' to type 'List<string>'/,
      /installAgent: Cannot assign type 'string' to type 'boolean'/,
      /form: Cannot assign type 'string' to type 'eks-irsa:index:TrustPolicyForm'/,
      /Allowed values are StatementPerCluster/,
    ]) {
      assert.match(result.text, expected);
    }
    assert.doesNotMatch(result.text, /^\s+at .*:\d+:\d+/m);
  });

  it("leaves nothing when it is destroyed, for which it is not run", async () => {
    await example.destroy();
    assert.equal(await roleInIam(scope.lab, roleArn.slice(roleArn.lastIndexOf("/") + 1)), undefined);
    const arns = await allProviderArns(scope.lab);
    for (const cluster of [scope.clusters["virginia-blue"], scope.clusters.ireland]) {
      assert.ok(!arns.includes(providerArn(scope.lab, cluster.issuerUrl)));
      assert.deepEqual(await serviceAccountsIn(cluster, scope.namespace), {});
    }
  });
});

/** Of each kind of mistake one. */
const BAD = `
name: bad
runtime: yaml
resources:
  app:
    type: eks-irsa:MultiClusterIrsa
    properties:
      clusters:
        - name: east
        - { name: west, issuerUrl: "<issuer>", regoin: us-east-1, thumbprints: abc, installAgent: "yes" }
      serviceAccounts:
        - { namespace: default, name: s3-reader }
      trust: { form: Compact }
`;
