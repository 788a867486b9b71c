import assert from "node:assert/strict";
import { fromClusterName, MultiClusterIrsa, type TrustPolicy } from "../../index";
import { stepOf, stepsOf } from "../../lab/engine/journal";
import { describeEngine, outputsOf } from "./lab";
import { failureOf, providerArn, TYPE } from "./support";
import { federatedOf } from "../support/statements";

describeEngine("engine: clusters by their names", (newScope) => {
  it("fromClusterName finds issuer, endpoint and CA, and writes a kubeconfig that logs in by the aws CLI", async () => {
    const { lab, open } = await newScope();
    const cluster = lab.clusters.find(({ region }) => region === "eu-west-1")!;
    const stack = await open(() => {
      const found = fromClusterName("listed", {
        clusterName: cluster.name,
        region: cluster.region,
        profile: "ops",
        roleArn: "arn:aws:iam::123456789012:role/admin",
      });
      return Promise.resolve({ ...found });
    });
    const { outputs } = await stack.up();
    assert.equal(outputs.name, "listed");
    assert.equal(outputs.issuerUrl, cluster.issuerUrl);
    assert.deepEqual(JSON.parse(String(outputs.kubeconfig)), {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "ireland",
          cluster: {
            server: cluster.endpoint,
            "certificate-authority-data": Buffer.from(cluster.caCertificate).toString("base64"),
          },
        },
      ],
      users: [
        {
          name: "ireland",
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1beta1",
              command: "aws",
              // As `aws eks update-kubeconfig` writes them.
              args: [
                ...["eks", "get-token", "--region", "eu-west-1", "--cluster-name", "ireland"],
                ...["--output", "json", "--role-arn", "arn:aws:iam::123456789012:role/admin"],
              ],
              env: [{ name: "AWS_PROFILE", value: "ops" }],
              interactiveMode: "Never",
            },
          },
        },
      ],
      contexts: [{ name: "ireland", context: { cluster: "ireland", user: "ireland" } }],
      "current-context": "ireland",
    });
  });

  it("a first preview shows the trust policy of clusters that are known by name alone", async () => {
    const { lab, namespace, open } = await newScope();
    const listed = lab.clusters.filter(({ name }) => name !== "virginia-green");
    const stack = await open(() => {
      const irsa = new MultiClusterIrsa("app", {
        clusters: listed.map(({ name, region }) => fromClusterName(name, { region })),
        serviceAccounts: [{ namespace, name: "reader" }],
      });
      return Promise.resolve(outputsOf(irsa));
    });
    const preview = await stack.preview();
    const shown = stepOf(preview, { type: TYPE.role }).newInputs?.assumeRolePolicy;
    const { Statement } = JSON.parse(String(shown)) as TrustPolicy;
    const issuers = Object.fromEntries(lab.clusters.map(({ name, issuerUrl }) => [name, issuerUrl]));
    assert.deepEqual(
      Statement.map(federatedOf),
      [issuers.ireland!, issuers["virginia-blue"]!].map((issuer) => providerArn(lab, issuer)),
    );
  });

  it("a cluster that EKS does not know is an error with its name, and no role is made", async () => {
    const { clusters, namespace, open } = await newScope();
    const stack = await open(() => {
      const irsa = new MultiClusterIrsa("app", {
        clusters: [clusters.ireland, fromClusterName("nowhere", { region: "eu-west-1" })],
        serviceAccounts: [{ namespace, name: "reader" }],
      });
      return Promise.resolve(outputsOf(irsa));
    });
    const { message, result } = await failureOf(stack.up());
    assert.match(
      message,
      /EKS Cluster \(nowhere\).*ResourceNotFoundException.*No cluster found for name: nowhere/s,
    );
    assert.deepEqual(stepsOf(result, { type: TYPE.role }), []);
  });
});
