import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromClusterName, MultiClusterIrsa } from "../../index";
import { engineEnvironment, projectFolders } from "../../lab/engine/environment";
import { changesOf } from "../../lab/engine/journal";
import type { EngineStack, EngineStackOptions, OperationResult } from "../../lab/engine/workspace";
import { describeEngine, outputsOf, type Scope } from "./lab";

const run = promisify(execFile);

describeEngine("engine: login by the kubeconfig of fromClusterName", (newScope) => {
  let scope: Scope;
  let stack: EngineStack;
  let up: OperationResult;
  let scratch: string;
  let kubectl: (...args: string[]) => Promise<string>;

  before(async () => {
    scope = await newScope();
    const { lab, namespace } = scope;
    const program = () => {
      const cluster = fromClusterName("ireland", { region: "eu-west-1" });
      const irsa = new MultiClusterIrsa("app", {
        // The lab's cluster has one issuer, and so one provider, which other tests may want.
        clusters: [{ ...scope.clusters.ireland, kubeconfig: cluster.kubeconfig! }],
        serviceAccounts: [{ namespace, name: "reader" }],
      });
      return Promise.resolve({ ...outputsOf(irsa), kubeconfig: cluster.kubeconfig });
    };
    stack = await scope.open(program);
    up = await stack.up();

    scratch = mkdtempSync(join(tmpdir(), "eks-irsa-login-"));
    const kubeconfig = join(scratch, "kubeconfig");
    writeFileSync(kubeconfig, String(up.outputs.kubeconfig), { mode: 0o600 });
    const options: EngineStackOptions = { lab, binaries: lab.binaries, project: scope.project, program };
    const env = { ...engineEnvironment(options, projectFolders(options)), HOME: scratch };
    kubectl = async (...args) => {
      const { stdout } = await run(lab.binaries.kubectl, ["--kubeconfig", kubeconfig, ...args], { env });
      return stdout.trim();
    };
  });

  after(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  it("lets pulumi up make the ServiceAccount", async () => {
    const annotation = String.raw`{.metadata.annotations.eks\.amazonaws\.com/role-arn}`;
    const found = await kubectl(
      ...["-n", scope.namespace, "get", "serviceaccount", "reader", "-o", `jsonpath=${annotation}`],
    );
    assert.equal(found, up.outputs.roleArn);
  });

  it("has no token in it, and so changes nothing from one run to the next", async () => {
    assert.doesNotMatch(String(up.outputs.kubeconfig), /k8s-aws-v1|"token"/);
    assert.deepEqual(changesOf(await stack.preview()), []);
  });

  it("makes kubectl the cluster's administrator", async () => {
    assert.equal(
      await kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"),
      "kubernetes-admin",
    );
    assert.equal(await kubectl("auth", "can-i", "*", "*", "--all-namespaces"), "yes");
  });

  it("lets kubectl list, describe, read and enter the pods of the cluster", async () => {
    const { namespace } = scope;
    const script = 'echo "here is $HOSTNAME"; trap "exit 0" TERM; while :; do sleep 1; done';
    const probe = { exec: { command: ["true"] }, periodSeconds: 1 };
    const overrides = {
      spec: {
        terminationGracePeriodSeconds: 2,
        containers: [
          { name: "talker", image: "amazon/aws-cli", command: ["sh", "-c", script], readinessProbe: probe },
        ],
      },
    };
    const base = ["-n", namespace];
    await kubectl(
      ...[...base, "run", "talker", "--image", "amazon/aws-cli", "--overrides", JSON.stringify(overrides)],
    );
    await kubectl(...base, "wait", "--for=condition=Ready", "pod/talker", "--timeout=60s");
    assert.match(await kubectl(...base, "get", "pods"), /^talker +1\/1 +Running +0 /m);
    assert.match(await kubectl(...base, "describe", "pod", "talker"), /Normal +Started .* Container started/);
    assert.equal(await kubectl(...base, "logs", "talker"), "here is talker");
    assert.match(await kubectl(...base, "exec", "talker", "--", "aws", "--version"), /^aws-cli\//);
    await kubectl(...base, "delete", "pod", "talker");
    assert.equal(await kubectl(...base, "get", "pods", "-o", "name"), "");
  });
});
