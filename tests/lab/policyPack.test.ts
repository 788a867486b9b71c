import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { openSession } from "../../lab/engine/session";
import { buildTrustPolicy } from "../../trust/policy";
import { readPage } from "../docs/page";
import { trustedFleet } from "../support/fleet";
import { ARN, HOST } from "../support/policyPack";
import { ROOT } from "../support/root";
import { awsLab, PATIENCE_MS, unique } from "./plugins/awsLab";

const PACK = join(ROOT, "examples", "policy-pack");
const RUN_PACK = join(ROOT, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");

/** The pack's README has one block of each language. */
const blockOf = (language: string) =>
  readPage("examples/policy-pack/README.md").blocks.find((block) => block.language === language)!.text;

/** One statement that says nothing of a token but its audience. */
const openTo = (arn: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: arn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${HOST}:aud`]: "sts.amazonaws.com" } },
      },
    ],
  });
/** AWS's own example, which takes any association of the account. */
const toPods = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    },
  ],
});
/** What the builder writes for associations, by their tags or for a whole cluster. */
const associated = (disableSessionTags: boolean) => {
  const clusterArn = "arn:aws:eks:us-east-1:123456789012:cluster/east";
  const podIdentity = { clusterArn, disableSessionTags };
  const subjects = ["system:serviceaccount:default:s3-reader"];
  return JSON.stringify(buildTrustPolicy([{ name: "east", subjects, podIdentity }]));
};
const good = (clusters: number) => JSON.stringify(buildTrustPolicy(trustedFleet(clusters)));

/** A program with a role for each of these trust policies. */
const roles =
  (policies: Record<string, string>): PulumiFn =>
  () => {
    for (const [name, assumeRolePolicy] of Object.entries(policies)) {
      new aws.iam.Role(name, { assumeRolePolicy });
    }
    return Promise.resolve({});
  };

/** A program whose role has a trust policy that no preview knows: it has what AWS says of a provider. */
const lateRole = (): PulumiFn => () => {
  const { arn } = new aws.iam.OpenIdConnectProvider("provider", {
    url: `https://${HOST}`,
    clientIdLists: ["sts.amazonaws.com"],
  });
  const assumeRolePolicy: pulumi.Output<string> = arn.apply(openTo);
  new aws.iam.Role("late", { assumeRolePolicy });
  return Promise.resolve({});
};

describe("the policy pack, in the engine", function () {
  this.timeout(PATIENCE_MS);
  const folder = mkdtempSync(join(tmpdir(), "eks-irsa-pack-"));
  const config = join(folder, "config.json");
  let stack: Stack;

  before(async () => {
    // The engine here has no language host. It looks for this command then, and starts the pack by it: the SDK's own
    // runner of packs, in the pack's folder.
    const command = join(folder, "pulumi-analyzer-policy-nodejs");
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${RUN_PACK}" "$@"\n`, { mode: 0o700 });
    // The pack's README shows a configuration, with a limit of 4096.
    writeFileSync(config, blockOf("json"));
    const lab = await awsLab();
    const PATH = [folder, lab.binaries.awsFolder, process.env.PATH].join(delimiter);
    const program = roles({});
    const project = `test-${unique()}`;
    const options = { lab, binaries: lab.binaries, project, program, environment: { PATH } };
    stack = await openSession(options, program);
  });

  after(async () => {
    await stack.destroy();
    rmSync(folder, { recursive: true });
  });

  /** Runs a program under the pack. Says whether the engine was content, and what it printed. */
  async function underThePack(
    kind: "preview" | "up",
    program: PulumiFn,
    policyPackConfigs: string[] = [],
  ): Promise<{ content: boolean; text: string }> {
    let text = "";
    const onOutput = (chunk: string) => (text += chunk);
    const options = { program, policyPacks: [PACK], policyPackConfigs, onOutput, color: "never" as const };
    const content = await stack[kind](options).then(
      () => true,
      () => false,
    );
    return { content, text };
  }

  it("refuses a preview with an open role and with one that is too large, and says nothing of a good one", async () => {
    const { content, text } = await underThePack(
      "preview",
      roles({ open: openTo(ARN), pods: toPods, large: good(5), fine: good(4), bound: associated(false) }),
    );
    assert.equal(content, false, text);
    assert.match(text, /\[mandatory\] +eks-trust-policy +\(aws:iam\/?.*Role: open\)/);
    assert.match(
      text,
      /statement 0 admits any ServiceAccount of the cluster, for it has no condition on oidc/,
    );
    assert.match(text, /\[mandatory\] +eks-trust-policy +\(aws:iam\/?.*Role: large\)/);
    assert.match(text, /takes 2238 characters without white space and the limit is 2048/);
    assert.doesNotMatch(text, /Role: (fine|bound)\)/);
    // What the pack's README shows is what is printed.
    const printed = text.split("\n").map((line) => line.replace(/id\/[0-9A-F]{32}/, "id/<id>").trim());
    const lines = blockOf("text")
      .trimEnd()
      .split("\n")
      .map((line) => line.trim());
    assert.deepEqual(
      lines.slice(2).filter((line) => !printed.includes(line)),
      [],
    );
    assert.ok(lines.length > 6);
  });

  it("remarks on a role that a whole cluster may have, and lets it pass", async () => {
    const { content, text } = await underThePack("preview", roles({ wide: associated(true) }));
    assert.equal(content, true, text);
    assert.match(text, /\[advisory\] +eks-trust-cluster-wide +\(aws:iam\/?.*Role: wide\)/);
    assert.match(text, /statement 0 is cluster-wide: every association of the clusters in aws:SourceArn/);
  });

  it("takes its limit from its configuration", async () => {
    const { content, text } = await underThePack("preview", roles({ large: good(5) }), [config]);
    assert.equal(content, true, text);
  });

  it("lets a document pass that a preview does not know, and refuses it before the role is made", async () => {
    const preview = await underThePack("preview", lateRole());
    assert.equal(preview.content, true, preview.text);
    assert.match(preview.text, /can't run policy 'eks-trust-policy'.* during preview/);
    const up = await underThePack("up", lateRole());
    assert.equal(up.content, false, up.text);
    assert.match(up.text, /statement 0 admits any ServiceAccount of the cluster/);
    const state = (await stack.exportStack()) as { deployment: { resources: { type: string }[] } };
    const types = state.deployment.resources.map(({ type }) => type);
    assert.ok(types.includes("aws:iam/openIdConnectProvider:OpenIdConnectProvider"), types.join("\n"));
    assert.ok(!types.includes("aws:iam/role:Role"), types.join("\n"));
  });
});
