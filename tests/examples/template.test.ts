import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { stepOf } from "../../lab/engine/journal";
import { openProject } from "../../lab/engine/languages/project";
import type { EngineStack, OperationFailed, OperationResult } from "../../lab/engine/workspace";
import type { LabClusterName } from "../../lab/supervisor/client";
import { answerTo } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { changesIn } from "../engine/recipes";
import { failureOf, roleInIam, TYPE } from "../engine/support";
import { ROOT } from "../support/root";
import { manifest } from "../surface/manifest";
import { installFromHere, newProject, typeErrorsIn } from "./newProject";

const TEMPLATE = "eks-irsa-typescript";

describeEngine("examples: the template for pulumi new", (newScope) => {
  let scope: Scope;
  let folder: string;
  let printed: string;
  let config: Record<string, string>;
  let errors: string[];
  let stack: EngineStack;
  let refused: OperationFailed;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;

  before(async () => {
    scope = await newScope({ pods: true });
    const { project } = scope;
    const clusters = "ireland@eu-west-1, virginia-blue@us-east-1";
    ({ folder, printed } = await newProject(scope, TEMPLATE, { clusters }));
    const settings = parse(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8")) as {
      config: typeof config;
    };
    config = settings.config;
    await installFromHere(scope, folder);
    errors = typeErrorsIn(folder);
    const { lab } = scope;
    const options = { lab, binaries: lab.binaries, project, stack: "dev", language: "nodejs" as const };
    stack = await openProject({ ...options, folder });
    await stack.stack.setConfig("clusters", { value: "ireland" });
    refused = await failureOf(stack.preview());
    await stack.stack.setConfig("clusters", { value: clusters });
    preview = await stack.preview();
    up = await stack.up();
    again = await stack.preview();
  });

  after(async () => {
    await stack.destroy();
  });

  it("asks for the versions that this package has, or stands on", () => {
    const [own, made] = [manifest(), manifest(join(ROOT, "templates", TEMPLATE))];
    assert.equal(made.dependencies["eks-irsa"], `^${own.version}`);
    assert.equal(made.dependencies["@pulumi/pulumi"], own.dependencies["@pulumi/pulumi"]);
    for (const tool of ["typescript", "@types/node"]) {
      assert.equal(made.devDependencies[tool], `^${own.devDependencies[tool]!.split(".")[0]!}`);
    }
  });

  it("leaves a project of the user's own: no placeholder, and no trace of the template's questions", () => {
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 5);
    for (const { name } of files) {
      assert.doesNotMatch(readFileSync(join(folder, name), "utf8"), /\$\{(PROJECT|DESCRIPTION)\}/, name);
    }
    const made = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    assert.equal(made.name, scope.project);
    assert.match(String(made.description), /^One IAM role /);
    assert.equal(made.template, undefined);
  });

  it("asks for each value that its program wants, with a default for all but the clusters", () => {
    const { project } = scope;
    assert.deepEqual(config, {
      "aws:region": "us-east-1",
      [`${project}:clusters`]: "ireland@eu-west-1, virginia-blue@us-east-1",
      [`${project}:namespace`]: "default",
      [`${project}:policyArn`]: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
      [`${project}:serviceAccount`]: "app",
    });
  });

  it("says what comes next", () => {
    assert.match(printed, /Your new project is ready to go!/);
    assert.match(
      printed,
      /kubectl -n "\$\(pulumi config get namespace\)" exec "\$pod" -- aws sts get-caller-identity/,
    );
  });

  it("has a program that compiles by its own settings", () => {
    assert.deepEqual(errors, []);
  });

  it("previews one role for the clusters that were typed, and a pod in each", () => {
    const ofCluster = (cluster: string) => [
      `create OpenIdConnectProvider app/${cluster}`,
      `create Pod app/${cluster}/default/app`,
      `create ServiceAccount app/${cluster}/default/app`,
      `create k8s.Provider app/${cluster}`,
    ];
    assert.deepEqual(
      changesIn(preview),
      [
        ...["ireland", "virginia-blue"].flatMap(ofCluster),
        "create Role app",
        "create RolePolicyAttachment app/main",
      ].sort(),
    );
    const trust = String(stepOf(preview, { type: TYPE.role }).newInputs?.assumeRolePolicy);
    assert.equal(trust.split("system:serviceaccount:default:app").length, 3);
  });

  it("refuses a cluster without a region, in one error", () => {
    const errors = refused.result.diagnostics.filter(({ severity }) => severity === "error");
    assert.deepEqual(
      errors.map(({ message }) => message),
      ['clusters: "ireland" is not name@region, as prod-east@us-east-1'],
    );
  });

  it("makes what it has previewed, and has nothing to do then", () => {
    assert.deepEqual(changesIn(up), changesIn(preview));
    assert.deepEqual(changesIn(again), []);
  });

  it("gives the role to its ServiceAccount, in each of the clusters and in no other", async () => {
    const answer = (cluster: LabClusterName, name = "app") =>
      answerTo(scope.lab, String(up.outputs.roleArn), { cluster, namespace: "default", name });
    assert.equal(await answer("ireland"), "session");
    assert.equal(await answer("virginia-blue"), "session");
    assert.match(await answer("ireland", "default"), /^AccessDenied: /);
    assert.match(await answer("virginia-green", "default"), /^InvalidIdentityToken: /);
  });

  it("leaves nothing when it is destroyed", async () => {
    await stack.destroy();
    const { deployment } = (await stack.exportState()) as { deployment: { resources?: unknown[] } };
    assert.deepEqual(deployment.resources ?? [], []);
    const roleArn = String(up.outputs.roleArn);
    assert.equal(await roleInIam(scope.lab, roleArn.slice(roleArn.lastIndexOf("/") + 1)), undefined);
  });
});
