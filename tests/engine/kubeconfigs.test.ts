import assert from "node:assert/strict";
import { Bucket } from "@pulumi/aws/s3/bucket";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type * as pulumi from "@pulumi/pulumi";
import { MultiClusterIrsa } from "../../index";
import { changesOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { describeEngine, outputsOf, type Scope } from "./lab";
import { childChanges, TYPE } from "./support";

type Kubeconfigs = Record<"ireland" | "virginia-blue" | "virginia-green", pulumi.Input<string>>;

interface Written {
  clusters: { cluster: Record<string, string> }[];
  contexts: { name: string }[];
  "current-context": string;
}

function rewritten(kubeconfig: string, change: (written: Written) => void): string {
  const written = JSON.parse(kubeconfig) as Written;
  change(written);
  return JSON.stringify(written);
}

/** Each cluster's kubeconfig with something of it rotated: the endpoint, the CA, or what its context is called. */
function rotated({ clusters, lab }: Scope): Kubeconfigs {
  const { ireland, "virginia-blue": blue, "virginia-green": green } = clusters;
  // While a CA is rotated, clients are given the old one and the new one.
  const bundle = lab.clusters.map(({ caCertificate }) => caCertificate).join("");
  return {
    ireland: ireland.kubeconfig.replace("//127.0.0.1:", "//localhost:"),
    "virginia-blue": rewritten(blue.kubeconfig, ({ clusters: [entry] }) => {
      entry!.cluster["certificate-authority-data"] = Buffer.from(bundle).toString("base64");
    }),
    "virginia-green": rewritten(green.kubeconfig, (written) => {
      written.contexts[0]!.name = written["current-context"] = "another";
    }),
  };
}

describeEngine("engine: kubeconfigs are rotated", (newScope) => {
  let preview: OperationResult;
  let up: OperationResult;
  let refresh: OperationResult;
  let late: OperationResult;
  const updates = ["ireland", "virginia-blue", "virginia-green"].map(
    (name) => `update ${TYPE.kubernetes} app/${name}`,
  );

  before(async () => {
    const scope = await newScope({ pods: true });
    const { clusters, namespace } = scope;
    const irsaWith = (kubeconfigs: Kubeconfigs) =>
      outputsOf(
        new MultiClusterIrsa("app", {
          clusters: Object.values(clusters).map((cluster) => {
            const kubeconfig = kubeconfigs[cluster.name as keyof Kubeconfigs];
            return { ...cluster, kubeconfig };
          }),
          serviceAccounts: [{ namespace, name: "reader" }],
          samplePod: {},
        }),
      );
    const programWith =
      (kubeconfigs: Kubeconfigs): PulumiFn =>
      () =>
        Promise.resolve(irsaWith(kubeconfigs));
    const { ireland, "virginia-blue": blue, "virginia-green": green } = clusters;
    const stack = await scope.open(
      programWith({
        ireland: ireland.kubeconfig,
        "virginia-blue": blue.kubeconfig,
        "virginia-green": green.kubeconfig,
      }),
    );
    await stack.up();
    preview = await stack.preview(programWith(rotated(scope)));
    up = await stack.up(programWith(rotated(scope)));
    refresh = await stack.refresh();
    late = await stack.preview(() => {
      const { arn } = new Bucket("unknown-before-it-is-made");
      return Promise.resolve(irsaWith({ ...rotated(scope), ireland: arn.apply(() => ireland.kubeconfig) }));
    });
  });

  it("updates the Kubernetes providers in place, and touches nothing else", () => {
    for (const result of [preview, up]) {
      assert.deepEqual(childChanges(result), updates);
      assert.deepEqual(
        changesOf(result).filter(({ replaceKeys }) => replaceKeys.length > 0),
        [],
      );
    }
  });

  it("reaches the clusters by the new ones, and finds all as it was", () => {
    assert.deepEqual(changesOf(refresh), []);
    assert.deepEqual(refresh.summary, { same: 15 });
  });

  it("replaces nothing in the preview where a kubeconfig is not known yet", () => {
    const changes = childChanges(late);
    assert.ok(changes.includes(`update ${TYPE.kubernetes} app/ireland`), changes.join(", "));
    assert.ok(changes.includes("create aws:s3/bucket:Bucket unknown-before-it-is-made"), changes.join(", "));
    assert.deepEqual(Object.keys(late.summary).sort(), ["create", "same", "update"]);
    assert.equal(late.summary.create, 1);
  });
});
