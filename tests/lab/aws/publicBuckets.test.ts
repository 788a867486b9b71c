import { CreateBucketCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { CreateOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { assumeWithWebIdentity, s3Client } from "../../../lab/aws/clients";
import { createReaderRole, startTestAccount, trustPolicy, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";

const BUCKET = "issuer-of-a-cluster";
const ISSUER = `https://${BUCKET}.s3.us-east-1.amazonaws.com`;

describe("an issuer that is published in a bucket", () => {
  let account: TestAccount;
  let cluster: FakeCluster;
  let s3: S3Client;
  let roleArn: string;

  before(async () => {
    cluster = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([]);
    s3 = s3Client(account.aws);
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await account.iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: ["sts.amazonaws.com"] }),
    );
    const policy = trustPolicy(cluster).replaceAll(cluster.hostAndPath, ISSUER.slice("https://".length));
    roleArn = await createReaderRole(account.iam, "reader", policy);
  });

  after(async () => {
    s3.destroy();
    await account.close();
    await cluster.stop();
  });

  async function publish(jwksUri: string, access: { ACL?: "public-read" }): Promise<void> {
    const keys = await (await fetch(`${cluster.endpoint}/openid/v1/jwks`)).text();
    const document = (await (
      await fetch(`${cluster.endpoint}/.well-known/openid-configuration`)
    ).json()) as object;
    const discovery = JSON.stringify({ ...document, issuer: ISSUER, jwks_uri: jwksUri });
    const objects = { ".well-known/openid-configuration": discovery, "openid/v1/jwks": keys };
    for (const [Key, Body] of Object.entries(objects)) {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...access }));
    }
  }

  async function answer(): Promise<string> {
    const token = await cluster.token({ claims: { iss: ISSUER } });
    const result = await assumeWithWebIdentity(account.aws, { roleArn, token, sessionName: "pod" });
    return result.ok ? result.assumedRoleArn : result.message;
  }

  it("is found there, once everybody may read it, and its keys nowhere else", async () => {
    assert.match(await answer(), /^Couldn't retrieve verification key/);
    await publish(`${ISSUER}/openid/v1/jwks`, {});
    assert.match(await answer(), /^Couldn't retrieve verification key/);
    await publish(`${cluster.endpoint}/openid/v1/jwks`, { ACL: "public-read" });
    assert.match(await answer(), /^Couldn't retrieve verification key/);
    await publish(`${ISSUER}/openid/v1/jwks`, { ACL: "public-read" });
    assert.equal(await answer(), "arn:aws:sts::123456789012:assumed-role/reader/pod");
  });
});
