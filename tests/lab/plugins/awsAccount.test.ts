import { CreateClusterCommand, DeleteClusterCommand } from "@aws-sdk/client-eks";
import { GetBucketTaggingCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { changesOf, stepOf } from "../../../lab/engine/journal";
import { account, awsLab, openAwsStack, PATIENCE_MS, trustPolicy, unique, withStack } from "./awsLab";

describe("the AWS stand-in: functions", function () {
  this.timeout(PATIENCE_MS);

  it("tell who and where one is", async () => {
    const program = async () => {
      const { accountId, arn } = await aws.getCallerIdentity();
      const ireland = new aws.Provider("ireland", { region: "eu-west-1" });
      const china = new aws.Provider("china", { region: "cn-north-1", skipCredentialsValidation: true });
      return {
        accountId,
        arn,
        region: (await aws.getRegion()).region,
        irish: aws.getRegionOutput({}, { provider: ireland }).region,
        partition: (await aws.getPartition()).partition,
        chinese: aws.getPartitionOutput({}, { provider: china }),
      };
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const { arn, ...rest } = outputs;
      assert.match(String(arn), /^arn:aws:iam::123456789012:user\//);
      assert.deepEqual(rest, {
        accountId: "123456789012",
        region: "us-east-1",
        irish: "eu-west-1",
        partition: "aws",
        chinese: {
          dnsSuffix: "amazonaws.com.cn",
          id: "aws-cn",
          partition: "aws-cn",
          reverseDnsPrefix: "cn.com.amazonaws",
        },
      });
    });
  });

  it("find an OIDC provider by URL and by ARN, or say that there is none", async () => {
    const url = `https://oidc.eks.us-east-1.amazonaws.com/id/${"F".repeat(32)}`;
    let wanted = url;
    const program = () => {
      const provider = new aws.iam.OpenIdConnectProvider("oidc", { url, clientIdLists: ["a"] });
      const byUrl = provider.id.apply(() => aws.iam.getOpenIdConnectProvider({ url: wanted }));
      const byArn = aws.iam.getOpenIdConnectProviderOutput({ arn: provider.arn });
      return Promise.resolve({ arn: provider.arn, byUrl, byArn });
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      assert.deepEqual(outputs.byUrl, outputs.byArn);
      assert.deepEqual(outputs.byUrl, {
        arn: outputs.arn,
        clientIdLists: ["a"],
        id: outputs.arn,
        tags: {},
        thumbprintLists: [],
        url: url.replace("https://", ""),
      });
      wanted = "https://nobody.example";
      await assert.rejects(
        stack.up(),
        /finding IAM OIDC Provider by url \(https:\/\/nobody\.example\): not found/,
      );
    });
  });

  it("look a cluster up in its region", async () => {
    const { eks } = await account();
    const name = `cluster-${unique()}`;
    const roleArn = "arn:aws:iam::123456789012:role/cluster";
    await eks.send(new CreateClusterCommand({ name, roleArn, resourcesVpcConfig: {} }));
    const program = async () => {
      const { arn, identities, region, status } = await aws.eks.getCluster({ name });
      return { arn, region, status, issuer: identities[0]?.oidcs[0]?.issuer };
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      assert.equal(outputs.arn, `arn:aws:eks:us-east-1:123456789012:cluster/${name}`);
      assert.equal(outputs.region, "us-east-1");
      assert.equal(outputs.status, "ACTIVE");
      assert.match(String(outputs.issuer), /^https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\//);
    });
    await eks.send(new DeleteClusterCommand({ name }));
    const stack = await openAwsStack(program);
    await assert.rejects(stack.preview(), /reading EKS Cluster \(.*ResourceNotFoundException: /);
  });
});

describe("the AWS stand-in: Bucket", function () {
  this.timeout(PATIENCE_MS);

  it("is made with tags, in the provider's region, and is emptied only by force", async () => {
    let forceDestroy = false;
    let tags: Record<string, string> = { a: "1" };
    const program = () => {
      const provider = new aws.Provider("ireland", { region: "eu-west-1" });
      const bucket = new aws.s3.Bucket("Data", { forceDestroy, tags }, { provider });
      return Promise.resolve({ name: bucket.bucket, arn: bucket.arn, region: bucket.region });
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      const Bucket = outputs.name as string;
      assert.match(Bucket, /^data-[0-9a-f]{7}$/);
      assert.equal(outputs.arn, `arn:aws:s3:::${Bucket}`);
      assert.equal(outputs.region, "eu-west-1");
      const { s3 } = await account();
      assert.deepEqual((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet, [
        { Key: "a", Value: "1" },
      ]);
      tags = {};
      await stack.up();
      assert.deepEqual(changesOf(await stack.preview()), []);
      await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
      await assert.rejects(stack.destroy(), /deleting S3 Bucket \(data-\w+\): .*BucketNotEmpty/);
      forceDestroy = true;
      await stack.up();
    });
  });
});

describe("the AWS stand-in: the account", function () {
  this.timeout(PATIENCE_MS);

  const role = () => {
    new aws.iam.Role("app", { assumeRolePolicy: trustPolicy() });
    return Promise.resolve({});
  };

  it("is refused where it is not on this machine", async () => {
    const lab = await awsLab();
    const elsewhere = { ...lab, aws: { ...lab.aws, endpointUrl: "https://iam.amazonaws.com" } };
    const stack = await openAwsStack(role, { lab: elsewhere });
    await assert.rejects(
      stack.preview(),
      /does not call https:\/\/iam\.amazonaws\.com: it is not on this machine/,
    );
  });

  it("is refused with keys that AWS does not know", async () => {
    const stack = await openAwsStack(role, { environment: { AWS_ACCESS_KEY_ID: "AKIAAAAAAAAAAAAAAAAA" } });
    await assert.rejects(
      stack.preview(),
      /validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity/,
    );
  });

  it("has no other resources and functions than the stand-in knows", async () => {
    const queue = await openAwsStack(() => {
      new aws.sqs.Queue("queue");
      return Promise.resolve({});
    });
    await assert.rejects(
      queue.preview(),
      /the lab's stand-in for AWS does not know aws:sqs\/queue:Queue; LAB_PLUGINS=real uses the real plugin/,
    );
    const zones = await openAwsStack(async () => ({ zones: await aws.getAvailabilityZones() }));
    await assert.rejects(
      zones.preview(),
      /does not know aws:index\/getAvailabilityZones:getAvailabilityZones/,
    );
  });

  it("gives the provider's default tags to what is made in it", async () => {
    const program = () => {
      const provider = new aws.Provider("tagged", { defaultTags: { tags: { team: "a" } } });
      const app = new aws.iam.Role(
        "app",
        { assumeRolePolicy: trustPolicy(), tags: { b: "1" } },
        { provider },
      );
      return Promise.resolve({ tags: app.tags, all: app.tagsAll });
    };
    await withStack(program, async (stack) => {
      const preview = stepOf(await stack.preview(), { type: "aws:iam/role:Role" });
      assert.deepEqual(preview.newOutputs?.tagsAll, { team: "a", b: "1" });
      const { outputs } = await stack.up();
      assert.deepEqual(outputs, { tags: { b: "1" }, all: { team: "a", b: "1" } });
      await stack.refresh();
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("may be another one, by a role of it", async () => {
    const program = () => {
      const provider = new aws.Provider("other", {
        assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/deployer", sessionName: "test" }],
      });
      return Promise.resolve({ accountId: aws.getCallerIdentityOutput({}, { provider }).accountId });
    };
    const stack = await openAwsStack(program);
    assert.deepEqual((await stack.up()).outputs, { accountId: "222222222222" });
    await stack.destroy();
  });
});
