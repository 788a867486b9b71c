import assert from "node:assert/strict";
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import * as aws from "@pulumi/aws";
import { MultiClusterIrsa, type IrsaCluster, type MultiClusterIrsaArgs } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import { changesOf, stepOf, stepsOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { issuerUrlOf, newIssuerId } from "../../lab/kubernetes/clusters";
import { ROOT } from "../support/root";
import { describeEngine, irsaProgram, outputsOf } from "./lab";
import { allProviderArns, failureOf, podsIn, providerArn, serviceAccountsIn, TYPE } from "./support";

/** The error that lists what is wrong. An inline program's own error is told a second time, word for word. */
function listOf({ diagnostics }: OperationResult): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  const lists = errors.filter((message) => message.includes("\n  - "));
  assert.equal(new Set(lists.map((message) => message.trim())).size, 1, errors.join("\n"));
  return lists[0]!;
}

/** Nothing of the package is in the state, or was begun. */
async function assertNothingMade(stack: EngineStack, result: OperationResult): Promise<void> {
  assert.deepEqual(
    result.steps.filter(({ type }) => /^(aws|kubernetes|eks-irsa):/.test(type)),
    [],
  );
  const { resources = [] } = (await stack.exportState()).deployment as { resources?: unknown[] };
  assert.deepEqual(resources, []);
}

/** The text tells of exactly these faults, each once, by its property path and with these words. */
function assertFaults(text: string, faults: [path: string, words: RegExp][]): void {
  const lines = text.split("\n").filter((line) => line.startsWith("  - "));
  for (const [path, words] of faults) {
    const told = lines.filter((line) => line.startsWith(`  - ${path} `));
    assert.equal(told.length, 1, `${path} is told of ${told.length} times in:\n${text}`);
    assert.match(told[0]!, words);
  }
  assert.equal(lines.length, faults.length, text);
}

describeEngine("engine: wrong arguments", (newScope) => {
  it("are all told at once in the preview, and nothing is made", async () => {
    const scope = await newScope();
    const { ireland, "virginia-blue": blue } = scope.clusters;
    const args: MultiClusterIrsaArgs = {
      clusters: [
        { ...ireland, issuerUrl: ireland.issuerUrl.replace("https://", "http://") },
        { ...blue, issuerUrl: `${blue.issuerUrl}/` },
        { name: "ireland", issuerUrl: issuerUrlOf({ name: "", region: "eu-west-1", issuerId: "A1" }) },
      ],
      serviceAccounts: [
        { namespace: "Default", name: "reader" },
        { namespace: "default", name: "writer", clusters: ["tokyo"] },
      ],
      role: { name: "r".repeat(65), maxSessionDuration: 60 },
    };
    const stack = await scope.open(irsaProgram(args));
    const { result } = await failureOf(stack.preview());
    assertFaults(listOf(result), [
      ["clusters[0].issuerUrl", /must begin with https:\/\//],
      ["clusters[1].issuerUrl", /must not end with a slash/],
      ["clusters[2].name", /is "ireland", as clusters\[0\]\.name is/],
      ["clusters[2].kubeconfig", /is missing/],
      ["serviceAccounts[0].namespace", /is not a name that Kubernetes takes: "Default"/],
      ["serviceAccounts[1].clusters[0]", /names no cluster of the list: "tokyo"/],
      ["role.name", /is 65 characters long; IAM takes at most 64/],
      ["role.maxSessionDuration", /is 60: write seconds, from 3600 to 43200/],
    ]);
    await assertNothingMade(stack, result);
  });

  it("of the stack's configuration are all told at once", async () => {
    const scope = await newScope();
    const [cluster] = scope.lab.clusters;
    const { kubeconfigPath: kubeconfig } = cluster!;
    const issuerUrl = scope.clusters.ireland.issuerUrl;
    const stack = await scope.open(ROOT, {
      config: {
        clusters: [
          { name: "ireland", issuerUrl, kubeconfig: "/nowhere/kubeconfig" },
          {
            name: "blue",
            issuerUrl: "https://oidc-eks.us-east-1.api.aws/id/ABC",
            kubeconfig,
            colour: "blue",
          },
        ],
        serviceAccounts: [
          { namespace: "default", name: "reader", clusters: ["tokyo"] },
          {
            namespace: "default",
            name: "a:b",
            ownership: "Mine",
            settings: { audience: "sts", colour: "blue" },
          },
        ],
        policyArns: { s3Read: "AmazonS3ReadOnlyAccess" },
      },
    });
    const { result } = await failureOf(stack.preview());
    assertFaults(listOf(result), [
      ["clusters[0].kubeconfig", /is not the path of a file that can be read \(ENOENT\)/],
      ["clusters[1].issuerUrl", /dual-stack .*"https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/ABC"/],
      ["clusters[1].colour", /is not known: leave it out, or write one of name, /],
      ["serviceAccounts[0].clusters[0]", /"tokyo" \(there are "ireland", "blue"\)/],
      ["serviceAccounts[1].name", /is not a name that Kubernetes takes: "a:b"/],
      ["serviceAccounts[1].ownership", /is "Mine": write Create, Patch, None/],
      ["serviceAccounts[1].settings.audience", /is "sts": the trust policy admits/],
      ["serviceAccounts[1].settings.colour", /is not known: leave it out, or write one of labels, /],
      ['policyArns["s3Read"]', /is not the ARN of a managed policy/],
    ]);
    await assertNothingMade(stack, result);
  });

  it("of its shape as well: text where a list or a map should be", async () => {
    const { clusters, open } = await newScope();
    const { issuerUrl } = clusters.ireland;
    const config = {
      clusters: [{ name: "ireland", issuerUrl: `${issuerUrl}/` }],
      serviceAccounts: "default/reader",
      policyArns: "AmazonS3ReadOnlyAccess",
    };
    const stack = await open(ROOT, { config });
    const { result } = await failureOf(stack.preview());
    assertFaults(listOf(result), [
      ["serviceAccounts", /is string: write a list/],
      ["policyArns", /is string: write a map/],
      ["clusters[0].issuerUrl", /must not end with a slash/],
    ]);
    await assertNothingMade(stack, result);
  });

  it("name the cluster with which the trust policy is over IAM's limit, in the preview", async () => {
    const scope = await newScope();
    const names = ["a", "b", "c", "d", "e", "f"];
    const clusters = names.map((name): IrsaCluster => {
      const region = "us-east-1";
      const issuerUrl = issuerUrlOf({ name, region, issuerId: newIssuerId() });
      return { name, issuerUrl, kubeconfig: scope.clusters.ireland.kubeconfig };
    });
    const serviceAccounts = [{ namespace: "default", name: "s3-reader" }];
    const stack = await scope.open(irsaProgram({ clusters, serviceAccounts }));
    const { result } = await failureOf(stack.preview());
    assertFaults(listOf(result), [
      ["clusters", /the limit is 2048: cluster "e" is the first that no longer fits \(4 of 6 do\)/],
    ]);
    assert.match(listOf(result), /L-C07B4B0D/);
    await assertNothingMade(stack, result);
  });
});

describeEngine("engine: what goes wrong during `up`", (newScope) => {
  it("is told before the OIDC provider is created, if it is an issuer that arrived late", async () => {
    const scope = await newScope();
    const wrong = `${scope.clusters.ireland.issuerUrl}/`;
    const stack = await scope.open(() => {
      // Known only when this bucket exists, as an issuer is known only when its cluster does.
      const cluster = new aws.s3.Bucket("cluster", { bucket: scope.project });
      const issuerUrl = cluster.arn.apply(() => wrong);
      const clusters = [{ ...scope.clusters.ireland, issuerUrl }];
      const serviceAccounts = [{ namespace: scope.namespace, name: "reader" }];
      return Promise.resolve(outputsOf(new MultiClusterIrsa("app", { clusters, serviceAccounts })));
    });
    assert.equal(stepsOf(await stack.preview(), { op: "create", type: TYPE.oidcProvider }).length, 1);

    const { result } = await failureOf(stack.up());
    assertFaults(listOf(result), [["clusters[0].issuerUrl", /must not end with a slash/]]);
    assert.deepEqual(stepsOf(result, { type: TYPE.oidcProvider }), []);
    assert.deepEqual(stepsOf(result, { type: TYPE.role }), []);
    const arns = await allProviderArns(scope.lab);
    assert.deepEqual(
      arns.filter((arn) => arn.startsWith(providerArn(scope.lab, scope.clusters.ireland.issuerUrl))),
      [],
    );
  });

  it("can be mended, and the next `up` finishes the work", async () => {
    const scope = await newScope({ pods: true });
    const { lab, project, namespace, clusters } = scope;
    const stack = await scope.open(
      irsaProgram({
        clusters: [clusters.ireland],
        serviceAccounts: [{ namespace, name: "reader" }],
        policyArns: { own: `arn:aws:iam::${lab.aws.accountId}:policy/${project}` },
        samplePod: {},
      }),
    );
    const failed = await failureOf(stack.up());
    assert.match(failed.message, new RegExp(`NoSuchEntity.*policy/${project}`, "s"));
    const role = stepOf(failed.result, { op: "create", type: TYPE.role }).newOutputs?.arn;
    assert.equal(typeof role, "string");
    assert.deepEqual(await serviceAccountsIn(clusters.ireland, namespace), {});

    const document = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
    };
    await iamClient(lab.aws).send(
      new CreatePolicyCommand({ PolicyName: project, PolicyDocument: JSON.stringify(document) }),
    );
    const up = await stack.up();
    assert.equal(up.outputs.roleArn, role);
    assert.deepEqual(
      changesOf(up).filter(({ type }) => type === TYPE.role || type === TYPE.oidcProvider),
      [],
    );
    const { reader } = await serviceAccountsIn(clusters.ireland, namespace);
    assert.equal(reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], role);
    assert.equal(Object.keys(await podsIn(clusters.ireland, namespace)).length, 1);
    assert.deepEqual(changesOf(await stack.preview()), []);
  });
});
