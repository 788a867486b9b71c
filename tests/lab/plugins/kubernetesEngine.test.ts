import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { OperationFailed, type EngineStack } from "../../../lab/engine/workspace";
import type { KubernetesClient } from "../../../lab/plugins/kubernetes/client";
import { activeUser, parseKubeconfig } from "../../../lab/plugins/kubernetes/kubeconfig";
import { isProperties, type Properties } from "../../../lab/plugins/shared/values";
import type { LabWithoutStranger } from "../../../lab/supervisor/client";
import type { LabCluster } from "../../../lab/types";
import { Keeper } from "./kubernetesKeeper";
import { changesOf as changes, clusterLab, openClusterStack } from "./kubernetesLab";

/** What a test puts in front of the engine; a second program changes some of it. */
interface Scene {
  kubeconfig?: string;
  clusterIdentifier?: string;
  roleArn?: string;
  podName?: string;
  timeout?: string;
}

const READY: Properties = {
  conditions: ["PodScheduled", "Initialized", "Ready"].map((type) => ({ type, status: "True" })),
};

describe("kubernetes plugin, in the engine and a cluster", function () {
  this.timeout(120_000);
  let lab: LabWithoutStranger;
  let cluster: LabCluster;
  let client: KubernetesClient;
  let keeper: Keeper;
  let podStatus: Properties | undefined;
  const opened: EngineStack[] = [];

  before(async () => {
    ({ lab, cluster, client } = await clusterLab());
    keeper = new Keeper(client, () => podStatus);
  });

  beforeEach(() => {
    podStatus = READY;
  });

  after(async () => {
    await keeper.stop();
  });

  afterEach(async () => {
    for (const stack of opened.splice(0)) await stack.destroy();
  });

  /** A ServiceAccount, and a pod that uses it and has its role in the environment, all named after the project. */
  const program =
    (project: string, scene: Scene = {}) =>
    async () => {
      const { roleArn = "arn:one", podName, clusterIdentifier, timeout } = scene;
      const kubeconfig = pulumi.secret(scene.kubeconfig ?? cluster.kubeconfig);
      const provider = new kubernetes.Provider("cluster", {
        kubeconfig,
        ...(clusterIdentifier && { clusterIdentifier }),
      });
      const annotations = { "eks.amazonaws.com/role-arn": roleArn };
      const metadata = { name: project, namespace: "default", annotations };
      const account = new kubernetes.core.v1.ServiceAccount("account", { metadata }, { provider });
      const env = [{ name: "ROLE_ARN", value: roleArn }];
      const pod = new kubernetes.core.v1.Pod(
        "pod",
        {
          ...(podName && { metadata: { name: podName } }),
          spec: {
            schedulerName: "none",
            serviceAccountName: account.metadata.name,
            containers: [{ name: "c", image: "i:1", env }],
          },
        },
        { provider, ...(timeout && { customTimeouts: { create: timeout, update: "1m" } }) },
      );
      return Promise.resolve({ pod: pod.id, uid: pod.metadata.uid });
    };

  async function stackFor(project: string, scene?: Scene): Promise<EngineStack> {
    const stack = await openClusterStack(project, program(project, scene));
    opened.push(stack);
    return stack;
  }

  const accountPath = (name: string) => `/api/v1/namespaces/default/serviceaccounts/${name}`;

  async function namesIn(path: string): Promise<string[]> {
    const { items } = await client.request({ path });
    const metadata = (Array.isArray(items) ? items : []).map((item) => isProperties(item) && item.metadata);
    return metadata.map((one) => (isProperties(one) && typeof one.name === "string" ? one.name : "")).sort();
  }

  const podNames = () => namesIn("/api/v1/namespaces/default/pods");

  function filesBelow(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  }

  it("creates what its preview showed, changes nothing the second time, and leaves nothing", async () => {
    const stack = await stackFor("whole-life");
    const preview = await stack.preview();
    assert.deepEqual(changes(preview).sort(), [
      "create account",
      "create cluster",
      "create pod",
      "create whole-life-lab",
    ]);
    const { pod } = (await stack.up()).outputs as { pod: string };
    assert.match(pod, /^default\/pod-[0-9a-f]{8}$/);
    assert.deepEqual(await podNames(), [pod.replace("default/", "")]);

    assert.deepEqual(changes(await stack.preview()), []);
    assert.deepEqual((await stack.refresh()).summary, { same: 4 });
    assert.deepEqual(changes(await stack.preview()), []);

    await stack.destroy();
    assert.deepEqual(await podNames(), []);
    assert.ok(!(await namesIn("/api/v1/namespaces/default/serviceaccounts")).includes("whole-life"));
  });

  it("waits for a pod: fails with what its last run said, and goes on with the same pod at the next up", async () => {
    const text = "containers with unready status: [c]";
    const status = (ready: boolean, more: Properties = {}): Properties => ({
      conditions: ["PodScheduled", "Initialized", "Ready"].map((type): Properties =>
        type === "Ready" && !ready
          ? { type, status: "False", reason: "ContainersNotReady", message: text }
          : { type, status: "True" },
      ),
      ...more,
    });
    const terminated = { exitCode: 1, reason: "Error", message: "AccessDenied: not you" };
    const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s" };
    const container = { name: "c", ready: false, restartCount: 1, image: "i:1", imageID: "" };
    const crashed = { ...container, state: { waiting }, lastState: { terminated } };
    podStatus = status(false, { containerStatuses: [crashed] });
    const stack = await stackFor("waits", { timeout: "1s" });
    await assert.rejects(stack.up(), (error: OperationFailed) => {
      assert.match(error.message, /'pod-\w+' timed out waiting to be Ready/);
      assert.match(
        error.message,
        /\[Pod pod-\w+\]: containers with unready status: \[c\]\[CrashLoopBackOff\] back-off 10s/,
      );
      assert.match(
        error.message,
        /container "c" terminated at \S+ \(Error: exit code 1\)\s+AccessDenied: not you/,
      );
      return true;
    });
    const before = await podNames();
    podStatus = status(true);
    const result = await stack.up();
    assert.deepEqual(changes(result), ["update pod"]);
    assert.deepEqual(await podNames(), before);
    assert.deepEqual(changes(await stack.preview()), []);
  });

  it("writes no kubeconfig in plain text into the state", async () => {
    const stack = await stackFor("secrets");
    await stack.up();
    const token = activeUser(parseKubeconfig(cluster.kubeconfig), {}).token as string;
    assert.ok(token.length > 5);
    const files = filesBelow(join(lab.directory, "pulumi", "secrets"));
    assert.ok(
      files.some((text) => text.includes("eks.amazonaws.com/role-arn")),
      "the state was looked at",
    );
    assert.ok(!files.some((text) => text.includes(token)));
  });

  it("updates an annotation in place, and makes a new pod for a new environment", async () => {
    const stack = await stackFor("new-role");
    const { uid } = (await stack.up()).outputs;
    const changed = program("new-role", { roleArn: "arn:two" });
    assert.deepEqual(changes(await stack.preview(changed)), [
      "update account",
      "create-replacement pod",
      "replace pod",
      "delete-replaced pod",
    ]);
    const result = await stack.up(changed);
    assert.notEqual(result.outputs.uid, uid);
    assert.equal((await podNames()).length, 1);
    const step = result.steps.find(({ op }) => op === "update");
    assert.deepEqual(Object.keys(step?.detailedDiff ?? {}), [
      'metadata.annotations["eks.amazonaws.com/role-arn"]',
    ]);
  });

  it("deletes a pod that the user named before its replacement, which the preview shows without trying it out", async () => {
    const stack = await stackFor("named-pod", { podName: "named" });
    await stack.up();
    const changed = program("named-pod", { podName: "named", roleArn: "arn:two" });
    assert.ok(changes(await stack.preview(changed)).includes("create-replacement pod"));
    const { completed } = await stack.up(changed);
    const order = completed.filter(({ urn }) => urn.endsWith("::pod")).map(({ op }) => op);
    assert.deepEqual(order, ["delete-replaced", "replace", "create-replacement"]);
    assert.deepEqual(await podNames(), ["named"]);
  });

  /** Changes the role's annotation, as somebody beside Pulumi would. */
  const drift = (name: string, manager: string) =>
    client.request({
      method: "PATCH",
      path: accountPath(name),
      query: { fieldManager: manager },
      contentType: "application/merge-patch+json",
      body: { metadata: { annotations: { "eks.amazonaws.com/role-arn": "arn:other" } } },
    });

  it("sees at a refresh what was changed with kubectl, and puts it right", async () => {
    const stack = await stackFor("drift");
    await stack.up();
    await drift("drift", "kubectl-annotate");
    assert.equal((await stack.refresh()).summary.update, 1);
    assert.deepEqual(changes(await stack.up()), ["update account"]);
    const { metadata } = await client.request({ path: accountPath("drift") });
    const annotations = isProperties(metadata) ? metadata.annotations : undefined;
    assert.deepEqual(annotations, { "eks.amazonaws.com/role-arn": "arn:one" });
  });

  it("is in conflict with any other field manager", async () => {
    const stack = await stackFor("conflict");
    await stack.up();
    await drift("conflict", "another");
    await stack.refresh();
    await assert.rejects(
      stack.up(),
      /Server-Side Apply field conflict detected[\s\S]*conflict with "another"[\s\S]*role-arn/,
    );
  });

  it("makes anew at the next up what was deleted behind its back", async () => {
    const stack = await stackFor("gone");
    await stack.up();
    await client.request({ method: "DELETE", path: accountPath("gone") });
    await stack.refresh();
    assert.deepEqual(changes(await stack.up()), ["create account"]);
  });

  it("replaces everything for another cluster, and nothing while the identifier is the same", async () => {
    const other = JSON.parse(cluster.kubeconfig) as { clusters: { cluster: Properties }[] };
    other.clusters[0]!.cluster["disable-compression"] = true;
    const kubeconfig = JSON.stringify(other);

    const identified = await stackFor("identified", { clusterIdentifier: "one" });
    await identified.up();
    const moved = program("identified", { clusterIdentifier: "one", kubeconfig });
    assert.deepEqual(changes(await identified.up(moved)), ["update cluster"]);

    const anonymous = await stackFor("anonymous");
    await anonymous.up();
    const preview = changes(await anonymous.preview(program("anonymous", { kubeconfig })));
    assert.ok(preview.includes("replace account") && preview.includes("replace pod"), preview.join(", "));
  });

  it("previews without the cluster, and says at the update why it cannot be reached", async () => {
    const closed = cluster.kubeconfig.replaceAll(cluster.endpoint, "https://127.0.0.1:1");
    const stack = await stackFor("unreachable", { kubeconfig: closed });
    assert.ok(changes(await stack.preview()).includes("create account"));
    await assert.rejects(stack.up(), (error: OperationFailed) => {
      assert.match(
        error.message,
        /configured Kubernetes cluster is unreachable: unable to load schema information from the API server: .*connection refused/,
      );
      return true;
    });
  });

  it("works with credentials from a program", async () => {
    const config = JSON.parse(cluster.kubeconfig) as { users: { user: Properties }[] };
    const { token } = config.users[0]!.user;
    const document = JSON.stringify({ kind: "ExecCredential", status: { token } });
    config.users[0]!.user = {
      exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: process.execPath,
        args: ["-p", "process.env.DOCUMENT"],
        env: [{ name: "DOCUMENT", value: document }],
      },
    };
    const stack = await stackFor("exec", { kubeconfig: JSON.stringify(config) });
    assert.equal((await stack.up()).summary.create, 4);
  });

  it("refuses the ambient kubeconfig", async () => {
    const ambient = async () => {
      new kubernetes.core.v1.ConfigMap("c", {});
      return Promise.resolve({});
    };
    const stack = await openClusterStack("ambient", ambient);
    opened.push(stack);
    await assert.rejects(stack.preview(), /never uses the ambient kubeconfig/);
  });
});
