import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateAddonCommand, DeleteAddonCommand } from "@aws-sdk/client-eks";
import { eksClient } from "../../lab/aws/clients";
import { stepOf } from "../../lab/engine/journal";
import { openProject } from "../../lab/engine/languages/project";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { readPage } from "../docs/page";
import { answerTo, type NewPods } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { changesIn } from "../engine/recipes";
import { failureOf, podsIn, providerInIam, roleInIam, serviceAccountsIn, TYPE } from "../engine/support";
import { copyClone } from "./clone";
import { inLab, type Names } from "./previewText";
import { namesOf, openExample, type Example } from "./runExample";

const TOPIC = "two-clusters";
/** README's clusters are somewhere else than the lab's. */
const NAMES = { "virginia-blue": "prod-east", ireland: "prod-west", "eu-west-1": "us-west-2" };
const ACCOUNT = { namespace: "default", name: "s3-reader" };
/** EKS has the agent where a cluster's administrator has installed it, and README's program does not. */
const AGENT = { clusterName: "ireland", addonName: "eks-pod-identity-agent" };

const FAULTY = `config:
  aws:region: us-east-1
  eks-irsa:clusters:
    - { clusterName: virginia-blue, region: us-east-1 }
  eks-irsa:serviceAccounts:
    - { namespace: default, name: s3-reader }
  eks-irsa:policyArn: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
`;

const cloneOf = ({ lab, project }: Scope) => join(lab.directory, "clones", project);

/** What README says to write into Pulumi.dev.yaml, with the lab's names. */
function shownConfig(names: Names): string {
  const blocks = readPage(join("examples", TOPIC, "README.md")).blocks;
  const [block] = blocks.filter(({ language }) => language === "yaml");
  return inLab(block?.text ?? "", names);
}

describeEngine("examples: two-clusters, by the command line", (newScope) => {
  let scope: Scope;
  let inline: OperationResult;
  let example: Example;
  let ofExample: OperationResult;
  let clone: EngineStack;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;
  let roleArn: string;

  /** Opens a project of the clone's copy, with such a Pulumi.<stack>.yaml. */
  const open = (path: string, stack: string, config: string) => {
    const { lab, project } = scope;
    const folder = join(cloneOf(scope), path);
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), config);
    const options = { lab, binaries: lab.binaries, language: "nodejs" as const };
    return openProject({ ...options, folder, project: `${project}-cli`, stack });
  };
  const eks = () => eksClient(scope.lab.aws, "eu-west-1");

  before(async () => {
    scope = await newScope({ pods: true });
    copyClone(cloneOf(scope));
    await eks().send(new CreateAddonCommand(AGENT));

    example = await openExample(scope, TOPIC, { names: NAMES });
    inline = await example.preview();
    const shown = shownConfig({ ...namesOf(scope), ...NAMES });
    ofExample = await (await open(join("examples", TOPIC), "dev", shown)).preview();

    clone = await open(".", "dev", shown.replaceAll(`${TOPIC}:`, "eks-irsa:"));
    preview = await clone.preview();
    up = await clone.up();
    again = await clone.preview();
    roleArn = String(up.outputs.roleArn);
  });

  after(async () => {
    await eks().send(new DeleteAddonCommand(AGENT));
    await clone.destroy();
  });

  it("previews the example as its README shows it", () => {
    example.assertShown(ofExample);
    assert.deepEqual(changesIn(ofExample), changesIn(inline));
  });

  it("runs the same program in the clone's own project, with keys of its own", () => {
    assert.deepEqual(changesIn(preview), changesIn(inline));
    assert.deepEqual(changesIn(up), changesIn(inline));
    const trust = (result: OperationResult) =>
      stepOf(result, { type: TYPE.role }).newInputs?.assumeRolePolicy;
    assert.equal(typeof trust(preview), "string");
    assert.equal(trust(preview), trust(inline));
    assert.equal(trust(preview), trust(up));
  });

  it("gives the role to the ServiceAccount in each cluster, by that cluster's way, and to no other", async () => {
    for (const cluster of ["virginia-blue", "ireland"]) {
      const pods: NewPods = { ...ACCOUNT, cluster, newPods: true };
      assert.equal(await answerTo(scope.lab, roleArn, pods), "session", cluster);
    }
    const others = { ...ACCOUNT, cluster: "virginia-blue", name: "default" };
    assert.match(await answerTo(scope.lab, roleArn, others), /^AccessDenied: /);
  });

  it("has nothing to change in a second preview", () => {
    assert.deepEqual(changesIn(again), []);
  });

  it("tells the faults of a configuration in one error, and no stack trace", async () => {
    const { result } = await failureOf((await open(".", "faulty", FAULTY)).preview());
    const errors = result.diagnostics.filter(({ severity }) => severity === "error");
    assert.deepEqual(
      errors.map(({ message }) => message),
      [
        [
          "The stack's configuration has faults:",
          "  - policyArn is not known: write policyArns",
          '  - clusters[0].name is not a cluster\'s name: "" (plain text of 1 to 100 letters, digits, "-" and "_", a letter or digit first)',
        ].join("\n"),
      ],
    );
    assert.doesNotMatch(result.text, /^\s+at |exception|exit code|node_modules|\.[jt]s\b/m);
  });

  it("leaves nothing when it is destroyed", async () => {
    await clone.destroy();
    const { deployment } = (await clone.exportState()) as { deployment: { resources?: unknown[] } };
    assert.deepEqual(deployment.resources ?? [], []);
    assert.equal(await roleInIam(scope.lab, roleArn.slice(roleArn.lastIndexOf("/") + 1)), undefined);
    for (const name of ["virginia-blue", "ireland"] as const) {
      const cluster = scope.clusters[name];
      assert.equal(await providerInIam(scope.lab, cluster.issuerUrl), undefined);
      const { [ACCOUNT.name]: account } = await serviceAccountsIn(cluster, ACCOUNT.namespace);
      assert.equal(account, undefined);
      const pods = Object.values(await podsIn(cluster, ACCOUNT.namespace));
      assert.deepEqual(
        pods.filter(({ spec }) => spec?.serviceAccountName === ACCOUNT.name),
        [],
      );
    }
  });
});
