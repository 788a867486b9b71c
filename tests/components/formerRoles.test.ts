import assert from "node:assert/strict";
import type { MultiClusterIrsaArgs, RoleSettings } from "../../index";
import {
  ATTACHMENT,
  cluster,
  goodArgs,
  INLINE_POLICY,
  late,
  POD,
  ROLE,
  S3_READ,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { record, type Recording } from "../support/recorder";

const withRole = (role: RoleSettings) =>
  deploy(goodArgs({ role, policyArns: { s3Read: S3_READ }, inlinePolicies: { queue: "{}" }, samplePod: {} }));
const deploy = (args: MultiClusterIrsaArgs) => record((lib) => new lib.MultiClusterIrsa("app", args));
/** Former names of resources by their names. */
const aliasesIn = (recording: Recording, type: string) =>
  Object.fromEntries(recording.of(type).map(({ name, aliases }) => [name, aliases]));
const annotationsIn = (recording: Recording) =>
  recording.of(SERVICE_ACCOUNT).map(({ inputs }) => {
    const { annotations } = inputs.metadata as { annotations: Record<string, string> };
    return annotations["eks.amazonaws.com/role-arn"];
  });
const arnOf = (role: string) => `arn:aws:iam::123456789012:role/${role}`;

describe("a role with a name of its own", () => {
  it("is called by it in the URN, and was called as the component before", async () => {
    const { recording } = await withRole({ name: "reader" });
    assert.deepEqual(aliasesIn(recording, ROLE), { "app/reader": ["app"] });
    assert.deepEqual(aliasesIn(recording, ATTACHMENT), { "app/reader/s3Read": ["app/s3Read"] });
    assert.deepEqual(aliasesIn(recording, INLINE_POLICY), { "app/reader/queue": ["app/queue"] });
  });

  it("is called as the component where the name arrives late, and where there is none", async () => {
    for (const role of [{ name: late("reader") }, {}]) {
      const { recording } = await withRole(role);
      assert.deepEqual(aliasesIn(recording, ROLE), { app: [] });
      assert.deepEqual(aliasesIn(recording, ATTACHMENT), { "app/s3Read": [] });
    }
  });
});

describe("a role of a former name", () => {
  let recording: Recording;
  before(async () => {
    ({ recording } = await withRole({ name: "reader", formerNames: ["eldest", "elder"], description: "d" }));
  });

  it("is kept with the same trust, settings and permissions", () => {
    const roles = recording.of(ROLE);
    assert.deepEqual(roles.map(({ inputs }) => inputs.name).sort(), ["elder", "eldest", "reader"]);
    const [first, ...others] = roles.map(({ inputs: { name: _, ...same } }) => same);
    assert.equal(first!.description, "d");
    for (const other of others) assert.deepEqual(other, first);
    for (const role of ["eldest", "elder", "reader"]) {
      assert.equal(recording.one(ATTACHMENT, `app/${role}/s3Read`).inputs.role, role);
      assert.equal(recording.one(INLINE_POLICY, `app/${role}/queue`).inputs.role, role);
    }
  });

  it("takes over what was there without a name, the eldest alone", () => {
    assert.deepEqual(aliasesIn(recording, ROLE), {
      "app/eldest": ["app"],
      "app/elder": [],
      "app/reader": [],
    });
    assert.deepEqual(aliasesIn(recording, ATTACHMENT), {
      "app/eldest/s3Read": ["app/s3Read"],
      "app/elder/s3Read": [],
      "app/reader/s3Read": [],
    });
  });

  it("is nobody's any more: ServiceAccounts and pods have the role of today, and outputs say it", () => {
    assert.deepEqual(annotationsIn(recording), [arnOf("reader"), arnOf("reader")]);
    assert.match(JSON.stringify(recording.of(POD)[0]!.inputs), /role\/reader"/);
    const outputs = [...recording.outputs.values()] as { roleArn: string }[];
    assert.deepEqual(
      outputs.map(({ roleArn }) => roleArn),
      [arnOf("reader")],
    );
  });

  it("is warned of in every preview", () => {
    assert.deepEqual(
      recording.warnings.map((text) => /former role "(\w+)" is kept/.exec(text)?.[1]),
      ["eldest", "elder"],
    );
  });

  it("is kept by IrsaRole too", async () => {
    const { recording: half } = await record(
      (lib) =>
        new lib.IrsaRole("app", {
          clusters: [
            { name: "east", oidcProviderArn: arnOf("x").replace("role/x", "oidc-provider/e.com/a") },
          ],
          serviceAccounts: [{ namespace: "default", name: "reader" }],
          role: { name: "new", formerNames: ["old"] },
        }),
    );
    assert.deepEqual(aliasesIn(half, ROLE), { "app/old": ["app"], "app/new": [] });
    assert.equal(half.warnings.length, 1);
  });
});

describe("a cluster that was moved to another shard", () => {
  it("is trusted by both roles, and served by the new one", async () => {
    const clusters = [
      cluster("blue", "B", { shard: "a" }),
      cluster("green", "C", { shard: "b", formerShards: ["a"] }),
    ];
    const { recording, result } = await deploy(goodArgs({ clusters, trust: { shards: ["a", "b"] } }));
    const trusts = (name: string) => {
      const document = String(recording.one(ROLE, name).inputs.assumeRolePolicy);
      return ["B", "C"].filter((id) => document.includes(id.repeat(32)));
    };
    assert.deepEqual(trusts("app-a"), ["B", "C"]);
    assert.deepEqual(trusts("app-b"), ["C"]);
    assert.deepEqual(annotationsIn(recording), [arnOf("app-a-1a2b3c4"), arnOf("app-b-1a2b3c4")]);
    assert.ok(result);
    assert.match(
      recording.warnings.join("\n"),
      /cluster "green" is still trusted by the role of its former shard "a"/,
    );
  });

  it("keeps the role of a shard in which no cluster is left", async () => {
    const clusters = [cluster("blue", "B", { shard: "b", formerShards: ["a"] })];
    const { recording } = await deploy(goodArgs({ clusters, trust: { shards: ["a", "b"] } }));
    assert.deepEqual(
      recording.of(ROLE).map(({ name }) => name),
      ["app-a", "app-b"],
    );
  });
});

describe("a role that is taken over", () => {
  it("is imported by its name, and nothing of it is changed by that", async () => {
    const { recording } = await withRole({ name: "reader", importRole: true, formerNames: ["old"] });
    const { importId, ignoreChanges } = recording.one(ROLE, "app/reader");
    assert.equal(importId, "reader");
    assert.ok(ignoreChanges.includes("assumeRolePolicy"));
    assert.equal(recording.one(ROLE, "app/old").importId, "");
    assert.match(recording.warnings.join("\n"), /role "reader" is taken over as it is/);
  });
});
