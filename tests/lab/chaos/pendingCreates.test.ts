import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../support/root";

const SCRIPT = join(ROOT, "docs", "pending-creates.mjs");
const IDENTITY = "arn:aws-cn:sts::111122223333:assumed-role/ops/me";
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "…" };

interface Resource {
  urn: string;
  custom: boolean;
  type: string;
  inputs: object;
  id?: string;
}

interface Outcome {
  status: number | null;
  printed: string;
  /** What the AWS CLI was called with. */
  asked: string;
  resources: Resource[];
  pending: { type: string; resource: Resource }[];
}

function resource(type: string, inputs: object, custom = true): Resource {
  return { urn: `urn:pulumi:dev::project::${type}::app`, custom, type, inputs };
}

/** Runs the script over a state with these operations pending. */
function run(
  operations: { type: string; resource: Resource }[],
  resources: Resource[] = [],
  identity = IDENTITY,
  answer = "exit 255",
): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "pending-creates-"));
  try {
    const file = join(folder, "state.json");
    writeFileSync(
      file,
      JSON.stringify({ version: 3, deployment: { resources, pending_operations: operations } }),
    );
    const [cli, calls] = [join(folder, "aws"), join(folder, "calls")];
    writeFileSync(cli, `#!/bin/sh\necho "$*" >> '${calls}'\n${answer}\n`, { mode: 0o700 });
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, file, identity], {
      encoding: "utf8",
      env: { ...process.env, PATH: folder },
    });
    const { deployment } = JSON.parse(readFileSync(file, "utf8")) as {
      deployment: { resources: Resource[]; pending_operations: Outcome["pending"] };
    };
    return {
      status,
      printed: stdout + stderr,
      asked: existsSync(calls) ? readFileSync(calls, "utf8") : "",
      resources: deployment.resources,
      pending: deployment.pending_operations,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const creating = (one: Resource) => ({ type: "creating", resource: one });

describe("docs/pending-creates.mjs", () => {
  const ids: [string, object, string][] = [
    ["aws:iam/role:Role", { name: "app-1234567" }, "app-1234567"],
    ["aws:iam/rolePolicy:RolePolicy", { role: "app-1", name: "queues" }, "app-1:queues"],
    [
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      { role: "app-1", policyArn: "arn:aws:iam::aws:policy/X" },
      "app-1/arn:aws:iam::aws:policy/X",
    ],
    [
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      { url: "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/AB" },
      "arn:aws-cn:iam::111122223333:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/AB",
    ],
    ["kubernetes:core/v1:ServiceAccount", { metadata: { namespace: "jobs", name: "reader" } }, "jobs/reader"],
    ["kubernetes:core/v1:Namespace", { metadata: { name: "jobs" } }, "jobs"],
    [
      "aws:eks/addon:Addon",
      { clusterName: "east", addonName: "eks-pod-identity-agent", region: "eu-west-1" },
      "east:eks-pod-identity-agent@eu-west-1",
    ],
    ["aws:eks/addon:Addon", { clusterName: "east", addonName: "vpc-cni" }, "east:vpc-cni"],
  ];
  for (const [type, inputs, id] of ids) {
    it(`takes a ${type} into the state with the id that it has if it exists`, () => {
      const { status, resources, pending } = run([creating(resource(type, inputs))]);
      assert.equal(status, 0);
      assert.deepEqual(resources, [{ ...resource(type, inputs), id }]);
      assert.deepEqual(pending, []);
    });
  }

  describe("of a Pod Identity association", () => {
    const inputs = { clusterName: "east", namespace: "jobs", serviceAccount: "reader" };
    const association = resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", {
      ...inputs,
      region: "eu-west-1",
    });
    const found = `echo '{"associations":[{"associationId":"a-1"}]}'`;
    const ask = (one: Resource, answer: string) => run([creating(one)], [], IDENTITY, answer);

    it("asks EKS for the id, in the association's region", () => {
      const { status, asked, resources, pending } = ask(association, found);
      assert.equal(
        asked,
        "eks list-pod-identity-associations --region eu-west-1 --cluster-name east --namespace jobs --service-account reader --output json\n",
      );
      assert.equal(status, 0);
      assert.deepEqual(resources, [{ ...association, id: "east,a-1@eu-west-1" }]);
      assert.deepEqual(pending, []);
      const plain = ask(resource(association.type, inputs), found);
      assert.doesNotMatch(plain.asked, /--region/);
      assert.equal(plain.resources[0]?.id, "east,a-1");
    });

    it("drops it where EKS has none", () => {
      const { status, printed, resources, pending } = ask(association, `echo '{"associations":[]}'`);
      assert.equal(status, 0);
      assert.match(printed, /^was never made: \S+::app$/m);
      assert.deepEqual([resources, pending], [[], []]);
    });

    it("leaves it pending where EKS could not be asked, and says why", () => {
      const { status, printed, pending } = ask(association, "echo 'No cluster found' >&2; exit 254");
      assert.equal(status, 1);
      assert.match(printed, /^No cluster found$/m);
      assert.match(printed, /^look for yourself whether it exists: /m);
      assert.equal(pending.length, 1);
      const hidden = resource(association.type, { ...inputs, namespace: SECRET });
      assert.equal(ask(hidden, found).status, 1);
    });
  });

  it("drops what needs nothing: providers, components, and what was not being created", () => {
    const role = resource("aws:iam/role:Role", { name: "app" });
    const { status, resources, pending } = run(
      [
        creating(resource("pulumi:providers:kubernetes", {})),
        creating(resource("eks-irsa:index:MultiClusterIrsa", {}, false)),
        { type: "updating", resource: role },
      ],
      [role],
    );
    assert.equal(status, 0);
    assert.deepEqual(resources, [role]);
    assert.deepEqual(pending, []);
  });

  it("leaves pending, and says, what it cannot place", () => {
    const role = resource("aws:iam/role:Role", { name: "app-2" });
    const old = { ...role, id: "app-1" };
    const hidden = resource("aws:iam/rolePolicy:RolePolicy", { role: SECRET, name: "queues" });
    const foreign = resource("aws:s3/bucket:Bucket", { bucket: "b" });
    const { status, printed, resources, pending } = run([role, hidden, foreign].map(creating), [old]);
    assert.equal(status, 1);
    assert.match(printed, /look for yourself whether it exists: \S+::app app-2$/m);
    assert.deepEqual(resources, [old]);
    assert.deepEqual(
      pending.map(({ resource: one }) => one),
      [role, hidden, foreign],
    );
  });

  it("wants to know whose account it is", () => {
    const { status, printed, pending } = run(
      [creating(resource("aws:iam/role:Role", { name: "a" }))],
      [],
      "",
    );
    assert.equal(status, 2);
    assert.match(printed, /^Usage/);
    assert.equal(pending.length, 1);
  });
});
