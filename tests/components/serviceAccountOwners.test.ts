import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ServiceAccountOwnership, type ServiceAccountBinding } from "../../index";
import { cluster, late, READER, SERVICE_ACCOUNT } from "../support/clusters";
import { eksIssuer } from "../support/fleet";
import { inStack, STACK } from "../support/program";
import { record, recordFailure, type Library } from "../support/recorder";

/** Two components of one program; the second has the cluster by another name. */
const both =
  (second: { binding?: Partial<ServiceAccountBinding>; issuer?: string; late?: boolean } = {}) =>
  (lib: Library) => {
    const { binding = {}, issuer = "B", late: arrives = false } = second;
    const issuerUrl = eksIssuer(issuer);
    new lib.MultiClusterIrsa("first", { clusters: [cluster("blue", "B")], serviceAccounts: [READER] });
    new lib.MultiClusterIrsa("second", {
      clusters: [
        cluster("azure", "B", {
          issuerUrl: arrives ? late(issuerUrl) : issuerUrl,
          ...(issuer === "B" && {
            oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${issuerUrl.slice("https://".length)}`,
          }),
        }),
      ],
      serviceAccounts: [{ ...READER, ...binding }],
    });
  };

/** In a preview, whether or not something is wrong with it. */
async function recordAll(program: (lib: Library) => unknown) {
  const broken = (lib: Library) => {
    program(lib);
    // So that there is always a fault.
    throw new Error("the end");
  };
  return await recordFailure(broken, { ...STACK, preview: true });
}

describe("owners of ServiceAccounts", () => {
  for (const preview of [true, false]) {
    for (const arrives of [true, false]) {
      it(`one that two components of a program make is refused in ${preview ? "a preview" : "up"}, by both their names${arrives ? ", when the issuer arrives" : ""}`, async () => {
        const recording = await recordFailure(inStack(both({ late: arrives })), { ...STACK, preview });
        const messages = recording.errors.map(({ message }) => message).join("\n");
        assert.match(messages, /MultiClusterIrsa "second": one problem in its arguments/);
        assert.match(
          messages,
          /serviceAccounts\[0\] is default\/s3-reader, which MultiClusterIrsa "first" \(serviceAccounts\[0\]\) makes in cluster "azure" in this program already/,
        );
        assert.deepEqual(
          recording.of(SERVICE_ACCOUNT).map(({ name }) => name),
          ["first/blue/default/s3-reader"],
        );
      });
    }
  }

  it("is made in other clusters, and by other names", async () => {
    for (const second of [
      { issuer: "C" },
      { binding: { name: "other" } },
      { binding: { namespace: "other" } },
    ]) {
      const { recording } = await record(inStack(both(second)), STACK);
      assert.equal(recording.of(SERVICE_ACCOUNT).length, 2);
    }
  });

  it("is compared with no cluster that is not known, or has a fault of its own", async () => {
    const unknown = pulumi.output(Promise.resolve(pulumi.unknown)) as unknown as pulumi.Output<string>;
    for (const issuerUrl of [unknown, late("no issuer")]) {
      const recording = await recordAll(
        inStack((lib) => {
          new lib.MultiClusterIrsa("first", {
            clusters: [cluster("blue", "B", { issuerUrl })],
            serviceAccounts: [READER],
          });
          new lib.MultiClusterIrsa("second", {
            clusters: [cluster("green", "C")],
            serviceAccounts: [READER],
          });
        }),
      );
      const second = recording.one(SERVICE_ACCOUNT, "second/green/default/s3-reader");
      assert.equal((second.inputs.metadata as { name: unknown }).name, "s3-reader");
    }
  });

  it("may be left to the first", async () => {
    const binding = { ownership: ServiceAccountOwnership.None };
    const { recording } = await record(inStack(both({ binding })), STACK);
    assert.equal(recording.of(SERVICE_ACCOUNT).length, 1);
  });
});
