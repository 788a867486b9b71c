import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClusterCommand,
  ListClustersCommand,
} from "@aws-sdk/client-eks";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import * as s3Api from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  assumeWithWebIdentity,
  eksClient,
  iamClient,
  s3Client,
  stsClient,
  type SessionCredentials,
} from "../../../lab/aws/clients";
import { createProvider, createReaderRole, startTestAccount, trustPolicy, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";

const Bucket = "reports";

describe("front", () => {
  let account: TestAccount;
  let blue: FakeCluster;
  let ireland: FakeCluster;
  let roleArn: string;
  let session: SessionCredentials;

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    ireland = await FakeCluster.start("ireland", "eu-west-1", "B".repeat(32));
    account = await startTestAccount([blue, ireland]);
    await createProvider(account.iam, blue);
    roleArn = await createReaderRole(account.iam, "reader", trustPolicy(blue));
    await s3Client(account.aws).send(new s3Api.CreateBucketCommand({ Bucket }));
    const result = await assumeWithWebIdentity(account.aws, { roleArn, token: await blue.token() });
    assert.ok(result.ok);
    session = result.credentials;
  });

  after(async () => {
    await account.close();
    await Promise.all([blue.stop(), ireland.stop()]);
  });

  describe("lets a session do what its role may, and nothing else", () => {
    it("read", async () => {
      const s3 = s3Client(account.aws, session);
      const { Buckets: buckets = [] } = await s3.send(new s3Api.ListBucketsCommand({}));
      assert.deepEqual(
        buckets.map(({ Name: name }) => name),
        [Bucket],
      );
      const listed = await s3.send(new s3Api.ListObjectsV2Command({ Bucket }));
      assert.equal(listed.$metadata.httpStatusCode, 200);
    });

    it("not write", async () => {
      const put = s3Client(account.aws, session).send(
        new s3Api.PutObjectCommand({ Bucket, Key: "key", Body: "text" }),
      );
      await assert.rejects(put, { name: "AccessDenied" });
    });

    it("not look into IAM", async () => {
      const { sessionToken = "", ...keys } = session;
      const iam = iamClient({ ...account.aws, ...keys });
      iam.config.credentials = () => Promise.resolve({ ...keys, sessionToken });
      await assert.rejects(iam.send(new GetRoleCommand({ RoleName: "reader" })), { name: "AccessDenied" });
    });

    it("know who it is", async () => {
      const who = await stsClient(account.aws, undefined, session).send(new GetCallerIdentityCommand({}));
      assert.equal(who.Arn, "arn:aws:sts::123456789012:assumed-role/reader/eks-irsa");
      assert.match(who.UserId ?? "", /^AROA\w+:eks-irsa$/);
    });

    it("and not with another secret", async () => {
      const s3 = s3Client(account.aws, { ...session, secretAccessKey: "x".repeat(40) });
      await assert.rejects(s3.send(new s3Api.ListBucketsCommand({})), { name: "SignatureDoesNotMatch" });
    });
  });

  it("carries bodies of S3 both ways unchanged", async () => {
    const s3 = s3Client(account.aws);
    const Body = randomBytes(2_000_000);
    const Key = "a folder/ü?&.bin";
    await s3.send(new s3Api.PutObjectCommand({ Bucket, Key, Body }));
    const { Body: stored } = await s3.send(new s3Api.GetObjectCommand({ Bucket, Key }));
    assert.ok(Body.equals(Buffer.from((await stored?.transformToByteArray()) ?? [])));
  });

  it("answers many calls at once, each rightly", async () => {
    const s3 = s3Client(account.aws, session);
    const lists = Array.from({ length: 20 }, () => s3.send(new s3Api.ListBucketsCommand({})));
    const refusals = Array.from({ length: 20 }, async (_, index) => {
      const claims = { sub: `system:serviceaccount:default:other-${index}` };
      return assumeWithWebIdentity(account.aws, { roleArn, token: await blue.token({ claims }) });
    });
    for (const { Buckets: buckets } of await Promise.all(lists)) assert.equal(buckets?.length, 1);
    for (const refusal of await Promise.all(refusals)) assert.equal(refusal.ok, false);
  });

  describe("EKS", () => {
    for (const name of ["blue", "ireland"]) {
      it(`describes ${name} as it is`, async () => {
        const cluster = name === "blue" ? blue : ireland;
        const eks = eksClient(account.aws, cluster.region);
        const { cluster: described } = await eks.send(new DescribeClusterCommand({ name }));
        assert.equal(described?.identity?.oidc?.issuer, cluster.issuerUrl);
        assert.equal(described.endpoint, cluster.endpoint);
        assert.equal(
          Buffer.from(described.certificateAuthority?.data ?? "", "base64").toString(),
          cluster.caCertificate,
        );
        assert.equal(described.arn, `arn:aws:eks:${cluster.region}:123456789012:cluster/${name}`);
        assert.equal(described.status, "ACTIVE");
      });
    }

    it("leaves another region's cluster of the same name alone", async () => {
      const eks = eksClient(account.aws, "us-west-2");
      const network = { subnetIds: ["subnet-00000000000000001"] };
      await eks.send(
        new CreateClusterCommand({ name: "blue", roleArn, resourcesVpcConfig: network, version: "1.36" }),
      );
      const { cluster } = await eks.send(new DescribeClusterCommand({ name: "blue" }));
      assert.equal(cluster?.version, "1.36");
      assert.notEqual(cluster.identity?.oidc?.issuer, blue.issuerUrl);
      await eks.send(new DeleteClusterCommand({ name: "blue" }));
    });

    it("has each cluster in its own region only", async () => {
      const { clusters } = await eksClient(account.aws, "eu-west-1").send(new ListClustersCommand({}));
      assert.deepEqual(clusters, ["ireland"]);
      await assert.rejects(
        eksClient(account.aws, "eu-west-1").send(new DescribeClusterCommand({ name: "blue" })),
        {
          name: "ResourceNotFoundException",
        },
      );
    });
  });

  describe("by plain HTTP", () => {
    const post = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${account.aws.endpointUrl}/`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", ...headers },
        body,
      });
    const call = async (extra: Record<string, string> = {}) =>
      new URLSearchParams({
        Action: "AssumeRoleWithWebIdentity",
        Version: "2011-06-15",
        RoleArn: roleArn,
        RoleSessionName: "plain",
        WebIdentityToken: await blue.token(),
        ...extra,
      }).toString();

    async function assertError(response: Response, status: number, code: string): Promise<void> {
      const text = await response.text();
      assert.equal(response.status, status, text);
      assert.match(text, new RegExp(`<Code>${code}</Code>`));
    }

    for (const method of ["GET", "POST"]) {
      it(`assumes a role with ${method}, and answers with all that AWS says`, async () => {
        const url = account.aws.endpointUrl;
        const response = method === "GET" ? await fetch(`${url}/?${await call()}`) : await post(await call());
        assert.equal(response.status, 200);
        const text = await response.text();
        for (const part of [
          '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">',
          "<SubjectFromWebIdentityToken>system:serviceaccount:default:s3-reader</SubjectFromWebIdentityToken>",
          "<Audience>sts.amazonaws.com</Audience>",
          `<Provider>${blue.providerArn}</Provider>`,
          "<Arn>arn:aws:sts::123456789012:assumed-role/reader/plain</Arn>",
        ]) {
          assert.ok(text.includes(part), `${part} is not in ${text}`);
        }
        assert.match(text, /<AssumedRoleId>AROA\w+:plain<\/AssumedRoleId>/);
        assert.match(text, /<Expiration>\d{4}-\d\d-\d\dT[\d:.]+Z<\/Expiration>/);
      });
    }

    it("refuses a parameter that is given twice, in the form or in form and query", async () => {
      await assertError(await post(`${await call()}&RoleSessionName=b`), 400, "MalformedQueryString");
      const url = `${account.aws.endpointUrl}/?Action=GetCallerIdentity`;
      await assertError(
        await fetch(url, { method: "POST", body: await call() }),
        400,
        "MalformedQueryString",
      );
    });

    it("refuses a session policy, which it would not enforce", async () => {
      await assertError(await post(await call({ Policy: "{}" })), 501, "NotImplemented");
    });

    it("checks a token as well when the call is signed", async () => {
      const authorization =
        "AWS4-HMAC-SHA256 Credential=AKIAAAAAAAAAAAAAAAAA/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00";
      const body = await call({ WebIdentityToken: await blue.token({ claims: { sub: "nobody" } }) });
      await assertError(await post(body, { authorization }), 403, "AccessDenied");
    });

    it("refuses every other call without a signature", async () => {
      for (const action of ["GetCallerIdentity", "AssumeRole", "AssumeRoleWithSAML", "ListRoles"]) {
        await assertError(await post(`Action=${action}`), 403, "MissingAuthenticationToken");
      }
    });

    it("lets nobody at what moto leaves open", async () => {
      const url = account.aws.endpointUrl;
      for (const path of ["/moto-api/reset-auth", "/%6doto-api/reset", "/moto-api"]) {
        await assertError(await fetch(url + path, { method: "POST", body: "inf" }), 403, "AccessDenied");
      }
      const open = { "x-amz-target": "AWSCognitoIdentityService.GetId" };
      await assertError(await post("Action=ListRoles", open), 403, "AccessDenied");
      // Enforcement is still on, and nothing is reset.
      const put = s3Client(account.aws, session).send(
        new s3Api.PutObjectCommand({ Bucket, Key: "key", Body: "text" }),
      );
      await assert.rejects(put, { name: "AccessDenied" });
    });
  });
});
