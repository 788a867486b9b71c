import assert from "node:assert/strict";
import { readPage } from "../docs/page";
import type { HelmServiceAccountValues } from "../../index";
import type { OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { answerTo, podHolder } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { makePod } from "../engine/pods";
import { changesIn } from "../engine/recipes";
import { serviceAccountsIn } from "../engine/support";
import { openExample, type Example } from "./runExample";

const TOPIC = "helm-owned-service-account";
const ROLE_ARN = "eks.amazonaws.com/role-arn";
type Values = Record<string, Record<string, HelmServiceAccountValues>>;

describeEngine(`examples: ${TOPIC}`, (newScope) => {
  let scope: Scope;
  let example: Example;
  let preview: OperationResult;
  let up: OperationResult;
  let values: Values;
  /** README's clusters, by their names in the program. */
  let clusters: { blue: Scope["lab"]["clusters"][number]; eu: Scope["lab"]["clusters"][number] };

  before(async () => {
    scope = await newScope({ pods: true });
    const inLab = (wanted: string) => scope.lab.clusters.find(({ name }) => name === wanted)!;
    clusters = { blue: inLab("virginia-blue"), eu: inLab("ireland") };
    // The chart "worker" is installed.
    for (const cluster of Object.values(clusters)) {
      await install(cluster, { create: true, name: "worker", annotations: { team: "shop" } });
    }
    example = await openExample(scope, TOPIC, { names: { [scope.namespace]: "shop" } });
    preview = await example.preview();
    up = await example.up();
    values = up.outputs.helmValues as Values;
  });

  /** What `helm install` makes of a chart's ServiceAccount, where it has these values. */
  async function install(
    cluster: { kubeconfig: string },
    account: HelmServiceAccountValues["serviceAccount"],
  ) {
    if (!account.create) return;
    const { namespace } = scope;
    const body = {
      metadata: {
        name: account.name,
        labels: { "app.kubernetes.io/managed-by": "Helm" },
        ...(account.annotations && { annotations: account.annotations }),
      },
    };
    await clusterApi(cluster).core.createNamespacedServiceAccount({ namespace, body, fieldManager: "helm" });
  }

  const told = async (cluster: keyof typeof clusters, name: string) => {
    const pod = await makePod(clusters[cluster], scope.namespace, name);
    return answerTo(scope.lab, String(up.outputs.roleArn), podHolder(pod));
  };

  it("makes nothing for the chart that is yet to come, and patches what the other one has", () => {
    const { namespace } = scope;
    assert.deepEqual(
      changesIn(up).filter((change) => change.includes("ServiceAccount")),
      ["blue", "eu"].map((cluster) => `create ServiceAccountPatch charts/${cluster}/${namespace}/worker`),
    );
  });

  it("gives the pods of a chart the role that is installed with its values, in each cluster", async () => {
    for (const cluster of ["blue", "eu"] as const) {
      const { serviceAccount } = values[cluster]![`${scope.namespace}/web`]!;
      await install(clusters[cluster], serviceAccount);
      assert.equal(await told(cluster, "web"), "session");
    }
  });

  it("gives the role to the pods of the chart that was there, whose ServiceAccount stays Helm's", async () => {
    const { worker } = await serviceAccountsIn(clusters.blue, scope.namespace);
    assert.deepEqual(worker?.metadata?.labels, { "app.kubernetes.io/managed-by": "Helm" });
    assert.deepEqual(worker.metadata.annotations, { team: "shop", [ROLE_ARN]: up.outputs.roleArn });
    assert.equal(await told("blue", "worker"), "session");
    assert.equal(await told("eu", "worker"), "session");
    assert.deepEqual(values.blue![`${scope.namespace}/worker`], {
      serviceAccount: { create: false, name: "worker" },
    });
  });

  it("refuses a ServiceAccount of the same annotation that is not listed", async () => {
    const { annotations = {} } = values.blue![`${scope.namespace}/web`]!.serviceAccount;
    await install(clusters.blue, { create: true, name: "stranger", annotations });
    assert.match(await told("blue", "stranger"), /^AccessDenied: /);
  });

  it("shows in its README the values that it has", () => {
    const shown = readPage(`examples/${TOPIC}/README.md`).blocks.find(({ language }) => language === "json");
    const { serviceAccount } = values.blue![`${scope.namespace}/web`]!;
    const arn = String(up.outputs.roleArn)
      .replace(scope.lab.aws.accountId, "111122223333")
      .replace(/-[0-9a-f]{7}$/, "-1a2b3c4");
    const annotations = { [ROLE_ARN]: arn };
    assert.deepEqual(JSON.parse(shown!.text), { serviceAccount: { ...serviceAccount, annotations } });
  });

  it("previews as its README shows it", () => {
    example.assertShown(preview);
  });

  it("leaves Helm's ServiceAccounts when it is destroyed, without its annotation", async () => {
    await example.destroy();
    const left = await serviceAccountsIn(clusters.eu, scope.namespace);
    assert.deepEqual(Object.keys(left).sort(), ["web", "worker"]);
    assert.deepEqual(left.worker?.metadata?.annotations, { team: "shop" });
  });
});
