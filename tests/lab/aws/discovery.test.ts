import assert from "node:assert/strict";
import { KeyFinder } from "../../../lab/aws/discovery";
import { AwsError } from "../../../lab/aws/query";
import { verifyToken } from "../../../lab/aws/token";
import { FakeCluster } from "./fakeCluster";

const noKeys =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity " +
  "documentation for requirements";

describe("an issuer's keys", () => {
  let cluster: FakeCluster;

  beforeEach(async () => {
    cluster = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
  });

  afterEach(async () => {
    await cluster.stop();
  });

  async function assertNoKeys(keys: KeyFinder, token: string): Promise<void> {
    await assert.rejects(verifyToken(token, keys), (error) => {
      assert.ok(error instanceof AwsError);
      assert.deepEqual([error.code, error.status, error.message], ["InvalidIdentityToken", 400, noKeys]);
      return true;
    });
  }

  it("come from the discovery document at the cluster's endpoint", async () => {
    const claims = await verifyToken(await cluster.token(), new KeyFinder([cluster]));
    assert.equal(claims.subject, "system:serviceaccount:default:s3-reader");
    assert.deepEqual(cluster.requests, ["/.well-known/openid-configuration", "/openid/v1/jwks"]);
  });

  it("are kept for a while", async () => {
    const keys = new KeyFinder([cluster]);
    await verifyToken(await cluster.token(), keys);
    await verifyToken(await cluster.token(), keys);
    assert.equal(cluster.requests.length, 2);
  });

  it("are got anew for a key id that is not among them", async () => {
    const keys = new KeyFinder([cluster]);
    await verifyToken(await cluster.token(), keys);
    await cluster.rotate("next-key");
    await verifyToken(await cluster.token(), keys);
    assert.equal(cluster.requests.length, 4);
  });

  it("may be named below the issuer's URL", async () => {
    cluster.discovery = { jwks_uri: `${cluster.issuerUrl}/openid/v1/jwks` };
    await verifyToken(await cluster.token(), new KeyFinder([cluster]));
  });

  it("cannot be had of an issuer that is no cluster of the lab", async () => {
    await assertNoKeys(new KeyFinder([]), await cluster.token());
  });

  it("cannot be had when the endpoint answers with an error, and can be later", async () => {
    const keys = new KeyFinder([cluster]);
    cluster.status = 503;
    await assertNoKeys(keys, await cluster.token());
    cluster.status = 200;
    await verifyToken(await cluster.token(), keys);
  });

  it("cannot be had when nothing answers", async () => {
    const gone = await FakeCluster.start("gone", "us-east-1", "D".repeat(32));
    await gone.stop();
    await assertNoKeys(new KeyFinder([gone]), await gone.token());
  });

  it("are not taken from another host, though the document names it", async () => {
    const other = await FakeCluster.start("other", "us-east-1", "B".repeat(32));
    try {
      cluster.discovery = { jwks_uri: `${other.endpoint}/openid/v1/jwks` };
      await assertNoKeys(new KeyFinder([cluster]), await cluster.token({ keyOf: other }));
    } finally {
      await other.stop();
    }
  });

  const refused: [what: string, discovery: (cluster: FakeCluster) => Record<string, unknown>][] = [
    ["of another issuer", () => ({ issuer: "https://oidc.eks.us-east-1.amazonaws.com/id/OTHER" })],
    ["with a slash more at the issuer", ({ issuerUrl }) => ({ issuer: `${issuerUrl}/` })],
    ["that names no key set", () => ({ jwks_uri: undefined })],
    ["whose key set is none", ({ endpoint }) => ({ jwks_uri: `${endpoint}/elsewhere` })],
    ["without response_types_supported", () => ({ response_types_supported: undefined })],
  ];
  for (const [what, discovery] of refused) {
    it(`are not taken from a document ${what}`, async () => {
      cluster.discovery = discovery(cluster);
      await assertNoKeys(new KeyFinder([cluster]), await cluster.token());
    });
  }
});
