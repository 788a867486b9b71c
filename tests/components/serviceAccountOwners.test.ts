import assert from "node:assert/strict";
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

  it("may be left to the first", async () => {
    const binding = { ownership: ServiceAccountOwnership.None };
    const { recording } = await record(inStack(both({ binding })), STACK);
    assert.equal(recording.of(SERVICE_ACCOUNT).length, 1);
  });
});
