import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { MultiClusterIrsa, type MultiClusterIrsaArgs } from "../../index";
import { changesOf, stepOf, stepsOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { describeEngine, irsaProgram, outputsOf, type Scope } from "./lab";
import { failureOf, providerInIam, roleInIam, serviceAccountsIn, TYPE } from "./support";

function argsOf({ clusters, namespace }: Scope): MultiClusterIrsaArgs {
  return {
    clusters: [clusters.ireland],
    serviceAccounts: [{ namespace, name: "reader" }],
    policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
    inlinePolicies: {
      logs: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}',
    },
    samplePod: {},
  };
}

/** Type and name of everything that `argsOf` makes below the component. */
function childrenOf({ namespace }: Scope): string[] {
  return [
    `${TYPE.oidcProvider} app/ireland`,
    `${TYPE.kubernetes} app/ireland`,
    `${TYPE.role} app`,
    `${TYPE.attachment} app/s3Read`,
    `${TYPE.inlinePolicy} app/logs`,
    `${TYPE.serviceAccount} app/ireland/${namespace}/reader`,
    `${TYPE.pod} app/ireland/${namespace}/reader`,
  ].sort();
}

interface Resource {
  urn: string;
  type: string;
  protect?: boolean;
}

async function resourcesOf(stack: EngineStack): Promise<Resource[]> {
  return ((await stack.exportState()).deployment as { resources?: Resource[] }).resources ?? [];
}

/** What is created, deleted or replaced: nobody wants that of a rename. */
function losses(result: OperationResult): string[] {
  const harmless = ["update"];
  return changesOf(result)
    .filter(({ op }) => !harmless.includes(op))
    .map(({ op, name }) => `${op} ${name}`);
}

describeEngine("engine: protect", (newScope) => {
  it("reaches every child: destroy is refused, and everything stays", async () => {
    const scope = await newScope({ pods: true });
    const stack = await scope.open(irsaProgram(argsOf(scope), { protect: true }));
    const up = await stack.up();
    try {
      const children = (await resourcesOf(stack)).filter(({ urn }) => urn.includes(`${TYPE.component}$`));
      const shown = children.map(({ urn, type }) => `${type} ${urn.slice(urn.lastIndexOf("::") + 2)}`);
      assert.deepEqual(shown.sort(), childrenOf(scope));
      assert.deepEqual(
        children.filter(({ protect }) => protect !== true),
        [],
      );

      const { message, result } = await failureOf(stack.destroy());
      assert.match(message, /protect/);
      assert.deepEqual(
        result.completed.filter(({ op }) => op === "delete"),
        [],
      );
      assert.ok(await roleInIam(scope.lab, String(up.outputs.roleName)));
    } finally {
      await stack.up(irsaProgram(argsOf(scope), { protect: false }));
    }
    await stack.destroy();
    assert.deepEqual(await resourcesOf(stack), []);
  });
});

describeEngine("engine: transforms", (newScope) => {
  it("see every child, and what they change is planned", async () => {
    const scope = await newScope();
    const seen: string[] = [];
    const transform: pulumi.ResourceTransform = ({ type, name, props, opts }) => {
      seen.push(`${type} ${name}`);
      if (type !== TYPE.role) return undefined;
      return { props: { ...(props as object), description: "by a transform" }, opts };
    };
    const stack = await scope.open(irsaProgram(argsOf(scope), { transforms: [transform] }));
    const preview = await stack.preview();
    // The component is transformed as well.
    assert.deepEqual(seen.sort(), [...childrenOf(scope), `${TYPE.component} app`].sort());
    assert.equal(stepOf(preview, { type: TYPE.role }).newInputs?.description, "by a transform");
  });
});

describeEngine("engine: renames", (newScope) => {
  let scope: Scope;
  let stack: EngineStack;

  before(async () => {
    scope = await newScope({ pods: true });
    stack = await scope.open(irsaProgram(argsOf(scope)));
    await stack.up();
  });

  const renamed = (aliases: pulumi.Alias[]) => () =>
    Promise.resolve(outputsOf(new MultiClusterIrsa("renamed", argsOf(scope), { aliases })));

  const withCluster = (name: string, formerNames: string[]) => {
    const args = argsOf(scope);
    return irsaProgram({ ...args, clusters: [{ ...scope.clusters.ireland, name, formerNames }] });
  };

  it("are refused in the preview where no former name is given: IAM would refuse the provider's second creation", async () => {
    for (const program of [renamed([]), withCluster("dublin", [])]) {
      const { message } = await failureOf(stack.preview(program));
      assert.match(
        message,
        /Made by this stack under a former name: give that name by clusters\[0\]\.formerNames/,
      );
    }
  });

  it("of the component, with an alias, replace nothing", async () => {
    const preview = await stack.preview(renamed([{ name: "app" }]));
    assert.deepEqual(losses(preview), []);
    const names = preview.steps.filter(({ urn }) => urn.includes(TYPE.component)).map(({ name }) => name);
    assert.ok(
      names.every((name) => name.startsWith("renamed")),
      names.join(", "),
    );
    assert.equal(names.length, childrenOf(scope).length + 1);
  });

  it("of a cluster, with formerNames, replace nothing", async () => {
    const preview = await stack.preview(withCluster("dublin", ["ireland"]));
    assert.deepEqual(losses(preview), []);
    assert.equal(stepOf(preview, { type: TYPE.serviceAccount }).name, `app/dublin/${scope.namespace}/reader`);
    assert.equal(stepOf(preview, { type: TYPE.oidcProvider }).name, "app/dublin");
  });
});

describeEngine("engine: explicit providers", (newScope) => {
  /** With the default providers switched off, nothing goes by anything but the explicit ones. */
  const NO_DEFAULTS = { "pulumi:disable-default-providers": ["*"] };

  it("an aws provider in `provider` reaches the children and the look-up of the account", async () => {
    const scope = await newScope();
    const args = argsOf(scope);
    const make = (opts: pulumi.ComponentResourceOptions) =>
      Promise.resolve(outputsOf(new MultiClusterIrsa("app", args, opts)));
    const stack = await scope.open(
      () => make({ provider: new aws.Provider("mine", { region: "eu-west-1" }) }),
      { config: NO_DEFAULTS },
    );
    const preview = await stack.preview();
    const children = preview.steps.filter(({ type }) => type.startsWith("aws:"));
    assert.equal(children.length, 4);
    for (const { provider, name } of children) {
      assert.match(provider, /::pulumi:providers:aws::mine::/, name);
    }

    const { message } = await failureOf(stack.preview(() => make({})));
    assert.match(message, /[Dd]efault provider for 'aws' disabled/);
  });

  it("`clusterProviders` bring ServiceAccounts into their clusters", async () => {
    const scope = await newScope();
    const { ireland, "virginia-blue": blue } = scope.clusters;
    const stack = await scope.open(
      () => {
        const [first, second] = [ireland, blue].map(
          ({ name, kubeconfig }) => new kubernetes.Provider(`to-${name}`, { kubeconfig }),
        );
        const clusters = [ireland, blue].map(({ name, issuerUrl }) => ({ name, issuerUrl }));
        const irsa = new MultiClusterIrsa(
          "app",
          { clusters, serviceAccounts: [{ namespace: scope.namespace, name: "reader" }] },
          {
            provider: new aws.Provider("mine", {}),
            clusterProviders: { ireland: first!, "virginia-blue": second! },
          },
        );
        return Promise.resolve(outputsOf(irsa));
      },
      { config: NO_DEFAULTS },
    );
    const up = await stack.up();
    const accounts = stepsOf(up, { type: TYPE.serviceAccount });
    assert.equal(accounts.length, 2);
    for (const { name, provider } of accounts) {
      const cluster = name.split("/")[1]!;
      assert.ok(provider.includes(`::${TYPE.kubernetes}::to-${cluster}::`), `${name} by ${provider}`);
    }
    const clusters = { ireland, blue, green: scope.clusters["virginia-green"] };
    const inClusters = await Promise.all(
      Object.values(clusters).map((one) => serviceAccountsIn(one, scope.namespace)),
    );
    assert.deepEqual(
      inClusters.map((found) => Object.keys(found)),
      [["reader"], ["reader"], []],
    );
    assert.deepEqual((await providerInIam(scope.lab, ireland.issuerUrl))?.clientIds, ["sts.amazonaws.com"]);
  });
});
