import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changesOf, stepOf, stepsOf } from "../../lab/engine/journal";
import { UNKNOWN, type OperationResult } from "../../lab/engine/workspace";
import { adminToken } from "../../lab/kubernetes/kubeconfig";
import type { LabDescription } from "../../lab/types";
import { answerTo } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { attachedPolicies, failureOf, roleInIam, serviceAccountsIn, TYPE } from "../engine/support";
import { consumer } from "../support/consumers";
import { foundIn } from "../support/secretSearch";
import { filesOf, openLanguageExample, type LanguageExample } from "./languages";

describeEngine("examples: Python", (newScope) => {
  consumer("Python");
  let scope: Scope;
  let example: LanguageExample;

  before(async () => {
    scope = await newScope({ pods: true });
    example = await openLanguageExample(scope, "python");
  });

  after(async () => {
    await example.destroy();
  });

  it("shows in README what its preview prints", async () => {
    example.assertShown(await example.preview());
  });

  describe("with what else a program may do", () => {
    let preview: OperationResult;
    let up: OperationResult;
    let stack: LanguageExample;

    before(async () => {
      const [account] = scope.lab.aws.otherAccounts;
      assert.ok(account);
      stack = await openLanguageExample(scope, "python", {
        stack: "more",
        project: `${scope.project}-more`,
        files: { "__main__.py": readFileSync(join(__dirname, "programs", "more.py"), "utf8") },
        config: {
          accessKey: account.accessKeyId,
          secretKey: { secret: account.secretAccessKey },
          label: { secret: LABEL },
        },
      });
      preview = await stack.preview();
      up = await stack.up();
    });

    after(async () => {
      await stack.destroy();
    });

    it("knows in a preview what is not there yet", () => {
      const attachment = stepOf(preview, { type: TYPE.attachment, name: "app/one/read" });
      assert.equal(attachment.newInputs?.policyArn, UNKNOWN);
      assert.equal(stepsOf(preview, { type: TYPE.role }).length, 2);
    });

    it("makes everything of AWS in the account of the provider that was given, a role for each shard", async () => {
      const { roleArns } = up.outputs as { roleArns: Record<string, string> };
      const [account] = scope.lab.aws.otherAccounts;
      assert.ok(account);
      const { endpointUrl } = scope.lab.aws;
      for (const arn of Object.values(roleArns)) {
        assert.ok(arn.startsWith(`arn:aws:iam::${account.accountId}:role/`), arn);
        const lab: Pick<LabDescription, "aws"> = { aws: { ...scope.lab.aws, ...account, endpointUrl } };
        const name = arn.slice(arn.lastIndexOf("/") + 1);
        assert.ok(await roleInIam(lab, name));
        assert.deepEqual(await attachedPolicies(lab, name), [up.outputs.policyArn]);
      }
      assert.notEqual(roleArns.east, roleArns.west);
    });

    it("gives each cluster its shard's role, which its tokens get", async () => {
      const { lab, namespace } = scope;
      const ask = (arn: string, cluster: string) =>
        answerTo(lab, arn, { cluster, namespace, name: "s3-reader" });
      const { roleArns } = up.outputs as { roleArns: Record<string, string> };
      for (const [name, cluster] of [
        ["east", "virginia-blue"],
        ["west", "ireland"],
      ] as const) {
        const arn = roleArns[name] ?? "";
        const { "s3-reader": account } = await serviceAccountsIn(scope.clusters[cluster], scope.namespace);
        assert.equal(account?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], arn);
        assert.equal(await ask(arn, cluster), "session");
      }
      assert.match(await ask(roleArns.east ?? "", "ireland"), /^AccessDenied/);
    });

    it("has no one role with shards, and says so by nothing", () => {
      assert.equal(up.outputs.roleArn, undefined);
    });

    it("reaches a cluster by the Kubernetes provider that a ServiceAccount of its own was given", async () => {
      const { roleArns } = up.outputs as { roleArns: Record<string, string> };
      const { other } = await serviceAccountsIn(scope.clusters.ireland, scope.namespace);
      assert.equal(other?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], roleArns.west);
      assert.equal(
        (await serviceAccountsIn(scope.clusters["virginia-blue"], scope.namespace)).other,
        undefined,
      );
    });

    it("keeps kubeconfigs and secret labels sealed", async () => {
      const secrets = {
        kubeconfig: adminToken(scope.clusters["virginia-blue"]),
        label: LABEL,
      };
      const account = (await serviceAccountsIn(scope.clusters.ireland, scope.namespace))["s3-reader"];
      assert.equal(account?.metadata?.labels?.sealed, secrets.label);
      assert.deepEqual(foundIn(filesOf(stack), secrets), []);
      assert.deepEqual(foundIn(`${preview.text}${up.text}${JSON.stringify(up.outputs)}`, secrets), []);
    });

    it("has nothing to change in a second preview", async () => {
      const changes = changesOf(await stack.preview()).map(({ op, type, name }) => `${op} ${type} ${name}`);
      // The program's own provider lacks what `pulumi_kubernetes` would send; the lab's plugin has it updated each time.
      assert.deepEqual(
        changes.filter((change) => change !== `update ${TYPE.kubernetes} west`),
        [],
      );
    });
  });

  it("is told every fault by its property path, and what comes to light late as well, without a stack", async () => {
    const bad = async (program: string) => {
      const files = { "__main__.py": program };
      const stack = await openLanguageExample(scope, "python", {
        stack: "bad",
        project: `${scope.project}-bad`,
        files,
      });
      return (await failureOf(stack.preview())).result.text;
    };
    const early = await bad(BAD);
    assert.match(early, /serviceAccounts\[0\]\.clusters is string: write a list/);
    assert.match(early, /clusters\[0\]\.identity is "Pod": write Irsa or Both or PodIdentity/);
    assert.match(early, /clusters\[1\]\.issuerUrl is empty/);
    assert.match(early, /clusters\[1\]\.kube_config is not known: write kubeconfig/);
    // The engine adds the value of a property that a fault is about, unless it is not told the property.
    assert.doesNotMatch(early, /kubeconfig-of-a-test/);
    const late = await bad(LATE);
    assert.match(late, /clusters\[0\]\.issuerUrl must begin with https:\/\//);
    for (const text of [early, late]) assert.doesNotMatch(text, /^\s+at .*:\d+:\d+|Traceback/m);
  });
});

const LABEL = "sealed-label-of-a-test";

const BAD = `
import pulumi_eks_irsa as eks_irsa

eks_irsa.MultiClusterIrsa(
    "app",
    clusters=[
        eks_irsa.IrsaClusterArgs(name="east", issuer_url="https://nowhere.example", identity="Pod"),
        {"name": "west", "kube_config": "kubeconfig-of-a-test"},
    ],
    service_accounts=[{"namespace": "default", "name": "s3-reader", "clusters": "east"}],
)
`;

const LATE = `
import pulumi
import pulumi_eks_irsa as eks_irsa

kubeconfig = pulumi.Config().require_secret("eastKubeconfig")
eks_irsa.MultiClusterIrsa(
    "app",
    clusters=[{"name": "east", "issuer_url": pulumi.Output.secret("nowhere.example"), "kubeconfig": kubeconfig}],
    service_accounts=[{"namespace": "default", "name": "s3-reader"}],
)
`;
