import assert from "node:assert/strict";
import { join } from "node:path";
import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { IrsaCluster } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { issuerUrlOf, newIssuerId } from "../../lab/kubernetes/clusters";
import { describeEngine, type Scope, type TestCluster } from "./lab";
import { providerArn, serviceAccountsIn, TYPE } from "./support";
import { changesIn, programOf, readRecipes, readSection, type Recipe, type RecipeScope } from "./recipes";

/** What the page takes for granted, each by the words that speak of it. */
const GIVEN: [RegExp, (scope: Scope) => Promise<unknown>][] = [
  [
    /"from-helm"/,
    ({ clusters }) =>
      Promise.all(
        [clusters["virginia-blue"], clusters.ireland].map((cluster) =>
          clusterApi(cluster).core.createNamespacedServiceAccount({
            namespace: "default",
            body: { metadata: { name: "from-helm" } },
          }),
        ),
      ),
  ],
  [
    /"made-by-hand"/,
    ({ lab }) =>
      iamClient(lab.aws).send(
        new CreateRoleCommand({ RoleName: "made-by-hand", AssumeRolePolicyDocument: BY_HAND }),
      ),
  ],
];
const BY_HAND = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** The page's names: three of the lab's clusters, and what else it speaks of. */
function namesIn({ lab, clusters }: Scope): RecipeScope {
  const as = (name: string, { name: clusterName, issuerUrl, kubeconfig }: TestCluster): IrsaCluster => {
    const { region } = lab.clusters.find((cluster) => cluster.name === clusterName)!;
    return { name, issuerUrl, kubeconfig, clusterName, region };
  };
  const green = as("green", clusters["virginia-green"]);
  const [anew] = lab.clusters.map((cluster) => issuerUrlOf({ ...cluster, issuerId: newIssuerId() }));
  return {
    blue: as("blue", clusters["virginia-blue"]),
    blueArn: providerArn(lab, clusters["virginia-blue"].issuerUrl),
    green,
    west: as("west", clusters.ireland),
    blueAnew: { ...green, name: "blue", issuerUrl: anew },
    rotatedKubeconfig: `${clusters["virginia-blue"].kubeconfig}\n`,
    reader: { namespace: "default", name: "s3-reader" },
    securityAccount: {
      accessKey: lab.aws.accessKeyId,
      secretKey: lab.aws.secretAccessKey,
      region: "us-east-1",
    },
  };
}

/** The project of a recipe, or the one that it names. */
function projectIn(scope: Scope, name: string | undefined): string {
  return name === undefined ? scope.project : `${scope.project}-${name}`;
}

/** A program of the page, with the name of a stack that it refers to as it is here. */
function written(code: string, scope: Scope): string {
  return code.replaceAll(
    /acme\/([\w-]+)\/prod/g,
    (_, name: string) => `organization/${projectIn(scope, name)}/lab`,
  );
}

/** The stacks of one recipe: one for each project that it names, beside its own. */
class Stacks {
  private readonly opened = new Map<string, EngineStack>();
  /** One for all, so that a stack finds another. */
  private readonly stateDirectory: string;
  readonly names: RecipeScope;

  constructor(readonly scope: Scope) {
    this.names = namesIn(scope);
    this.stateDirectory = join(scope.lab.directory, `${scope.project}-recipes`);
  }

  async of(project: string | undefined): Promise<EngineStack> {
    const key = project ?? "";
    const more = {
      project: projectIn(this.scope, project),
      stateDirectory: this.stateDirectory,
    };
    const stack = this.opened.get(key) ?? (await this.scope.open(() => Promise.resolve({}), more));
    this.opened.set(key, stack);
    return stack;
  }

  /** What was made last leans on what was made first. */
  async destroy(): Promise<void> {
    for (const stack of [...this.opened.values()].reverse()) await stack.destroy();
  }
}

async function follow({ fromNothing, steps }: Recipe, base: string, stacks: Stacks): Promise<void> {
  const { names, scope } = stacks;
  let last = programOf(base, names);
  if (!fromNothing) await (await stacks.of(undefined)).up(last);
  for (const { code, commands, project, before, changes } of steps) {
    const stack = await stacks.of(project);
    if (commands.length > 0) {
      assert.deepEqual(changesIn(await typed(commands, stack, last, scope)), changes, commands.join("\n"));
      continue;
    }
    last = programOf(written(code, scope), names);
    const preview = await stack.preview(last);
    const up = await stack.up(last);
    if (before) continue;
    assert.deepEqual(changesIn(preview), changes, `the preview of\n${code}`);
    assert.deepEqual(changesIn(up), changes, code);
  }
}

/** Follows a recipe, and leaves nothing behind. */
async function followIn(scope: Scope, recipe: Recipe, base: string): Promise<void> {
  const stacks = new Stacks(scope);
  try {
    await follow(recipe, base, stacks);
  } finally {
    await stacks.destroy();
    await tidyUp(scope);
  }
}

/** Does what somebody types. Resolves to what the last command did. */
async function typed(commands: string[], stack: EngineStack, program: PulumiFn, scope: Scope) {
  let result: OperationResult | undefined;
  for (const command of commands) {
    if (command === "pulumi refresh") {
      await meddle(scope, await roleNameOf(stack));
      result = await stack.refresh();
    } else if (command === "pulumi up") {
      result = await stack.up(program);
    } else {
      throw new Error(`the page says to type "${command}", which is not tried here`);
    }
  }
  assert.ok(result);
  return result;
}

async function roleNameOf(stack: EngineStack): Promise<string> {
  const { deployment } = (await stack.exportState()) as {
    deployment: { resources: { type: string; id: string }[] };
  };
  return deployment.resources.find(({ type }) => type === TYPE.role)?.id ?? "";
}

/** What a refresh is to find: somebody has edited the trust policy, and taken an annotation away. */
async function meddle({ lab, clusters }: Scope, roleName: string): Promise<void> {
  await iamClient(lab.aws).send(
    new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument: BY_HAND }),
  );
  const { core } = clusterApi(clusters.ireland);
  const target = { namespace: "default", name: "s3-reader" };
  const account = await core.readNamespacedServiceAccount(target);
  account.metadata!.annotations = {};
  await core.replaceNamespacedServiceAccount({ ...target, body: account });
}

/** Takes away what a recipe leaves to others. */
async function tidyUp({ clusters }: Scope): Promise<void> {
  for (const cluster of Object.values(clusters)) {
    for (const name of Object.keys(await serviceAccountsIn(cluster, "default"))) {
      await clusterApi(cluster).core.deleteNamespacedServiceAccount({ namespace: "default", name });
    }
  }
}

describeEngine("engine: recipes of the documentation, as written", (newScope) => {
  const { base, recipes } = readRecipes();

  for (const recipe of recipes) {
    it(recipe.title, async () => {
      const scope = await newScope();
      const text = recipe.steps.map(({ code }) => code).join("\n");
      for (const [words, prepare] of GIVEN) if (words.test(text)) await prepare(scope);
      await followIn(scope, recipe, base);
    });
  }

  it("The migration to Pod Identity and back", async () => {
    const { base, recipe } = readSection("docs/pod-identity.md", "## The migration");
    assert.ok(recipe.steps.length >= 6, `${recipe.steps.length} programs`);
    await followIn(await newScope(), recipe, base);
  });

  it("is a page with recipes, each of which says what it changes", () => {
    assert.ok(recipes.length >= 9, `${recipes.length} recipes`);
    for (const { title, steps } of recipes) assert.ok(!steps.every(({ before }) => before), title);
  });
});
