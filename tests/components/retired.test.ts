import assert from "node:assert/strict";
import {
  cluster,
  goodArgs,
  KUBERNETES,
  POD,
  PROVIDER,
  READER,
  ROLE,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { record, type Recording } from "../support/recorder";
import { SubjectMatch } from "../../index";

describe("a retired cluster", () => {
  let recording: Recording;
  before(async () => {
    const args = goodArgs({
      clusters: [cluster("blue", "B", { retired: true, kubeconfig: undefined }), cluster("green", "C")],
      serviceAccounts: [READER, { namespace: "jobs", name: "*", match: SubjectMatch.Wildcard }],
      samplePod: {},
    });
    ({ recording } = await record((lib) => new lib.MultiClusterIrsa("app", args)));
  });

  it("keeps its OIDC provider and its trust", () => {
    assert.equal(recording.one(PROVIDER, "app/blue").inputs.url, cluster("blue", "B").issuerUrl);
    assert.match(String(recording.one(ROLE).inputs.assumeRolePolicy), /B{32}:sub/);
  });

  it("has nothing in Kubernetes, and needs no way there", () => {
    for (const type of [KUBERNETES, SERVICE_ACCOUNT, POD]) {
      assert.deepEqual(
        recording.of(type).map(({ name }) => name.split("/")[1]),
        ["green"],
      );
    }
  });

  it("is warned of, with what is still trusted", () => {
    assert.deepEqual(recording.warnings, [
      'MultiClusterIrsa "app": cluster "blue" is retired and still trusted for default/s3-reader, jobs/*: remove it from the list when its last pods are gone',
    ]);
  });
});
