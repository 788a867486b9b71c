import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from "@aws-sdk/client-iam";
import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { changesOf, completedInOrder, completedOps, stepOf } from "../../../lab/engine/journal";
import { UNKNOWN } from "../../../lab/engine/workspace";
import { account, PATIENCE_MS, withStack } from "./awsLab";

const PROVIDER = { type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider" };

function newIssuer(): { url: string; arn: string } {
  const host = `oidc.eks.us-east-1.amazonaws.com/id/${randomBytes(16).toString("hex").toUpperCase()}`;
  return { url: `https://${host}`, arn: `arn:aws:iam::123456789012:oidc-provider/${host}` };
}

function providerProgram(args: aws.iam.OpenIdConnectProviderArgs, options?: { import: string }) {
  const current = { args };
  const program = () => {
    const provider = new aws.iam.OpenIdConnectProvider("oidc", current.args, options);
    return Promise.resolve({ arn: provider.arn, id: provider.id, url: provider.url });
  };
  return { current, program };
}

async function read(arn: string) {
  const { iam } = await account();
  return iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
}

describe("the AWS stand-in: OpenIdConnectProvider", function () {
  this.timeout(PATIENCE_MS);

  it("previews its URL and not its ARN, and gives the URL without https:// when made", async () => {
    const { url, arn } = newIssuer();
    const { program } = providerProgram({ url, clientIdLists: ["sts.amazonaws.com"], tags: { a: "1" } });
    await withStack(program, async (stack) => {
      const preview = stepOf(await stack.preview(), PROVIDER);
      assert.equal(preview.newOutputs?.arn, UNKNOWN);
      assert.equal(preview.newOutputs.thumbprintLists, UNKNOWN);
      assert.equal(preview.newOutputs.url, url);
      const { outputs } = await stack.up();
      assert.deepEqual(outputs, { arn, id: arn, url: url.replace("https://", "") });
      assert.deepEqual((await read(arn)).ClientIDList, ["sts.amazonaws.com"]);
      assert.deepEqual((await read(arn)).Tags, [{ Key: "a", Value: "1" }]);
      assert.deepEqual(changesOf(await stack.preview()), []);
      await stack.refresh();
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
    await assert.rejects(read(arn), { name: "NoSuchEntityException" });
  });

  it("changes client IDs, thumbprints and tags in place; an order of client IDs is none", async () => {
    const { url, arn } = newIssuer();
    const { current, program } = providerProgram({ url, clientIdLists: ["a", "b"], tags: { x: "1" } });
    await withStack(program, async (stack) => {
      await stack.up();
      current.args = { url, clientIdLists: ["b", "a"], tags: { x: "1" } };
      assert.deepEqual(changesOf(await stack.preview()), []);
      const thumbprint = "0123456789abcdef0123456789abcdef01234567";
      current.args = { url, clientIdLists: ["a", "c"], thumbprintLists: [thumbprint], tags: { y: "2" } };
      const up = await stack.up();
      assert.deepEqual(completedOps(up), ["update oidc"]);
      const now = await read(arn);
      assert.deepEqual([...(now.ClientIDList ?? [])].sort(), ["a", "c"]);
      assert.deepEqual(now.ThumbprintList, [thumbprint]);
      assert.deepEqual(now.Tags, [{ Key: "y", Value: "2" }]);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("leaves thumbprints alone that were not given", async () => {
    const { url, arn } = newIssuer();
    const { program } = providerProgram({ url, clientIdLists: ["sts.amazonaws.com"] });
    await withStack(program, async (stack) => {
      await stack.up();
      const { iam } = await account();
      const ThumbprintList = ["0123456789abcdef0123456789abcdef01234567"];
      await iam.send(
        new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn: arn, ThumbprintList }),
      );
      await stack.refresh();
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("is replaced for another URL, the new one first", async () => {
    const [before, after] = [newIssuer(), newIssuer()];
    const { current, program } = providerProgram({ url: before.url, clientIdLists: ["sts.amazonaws.com"] });
    await withStack(program, async (stack) => {
      await stack.up();
      current.args = { url: after.url, clientIdLists: ["sts.amazonaws.com"] };
      const up = await stack.up();
      assert.deepEqual(stepOf(up, { op: "replace" }).replaceKeys, ["url"]);
      assert.equal(completedInOrder(up, { op: "create-replacement" }, { op: "delete-replaced" }), true);
      assert.equal(up.outputs.arn, after.arn);
      await assert.rejects(read(before.arn), { name: "NoSuchEntityException" });
    });
  });

  it("is imported by its ARN, and given back without being changed", async () => {
    const { url, arn } = newIssuer();
    const { iam } = await account();
    await iam.send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ["sts.amazonaws.com"] }));
    const { program } = providerProgram({ url, clientIdLists: ["sts.amazonaws.com"] }, { import: arn });
    await withStack(program, async (stack) => {
      const up = await stack.up();
      assert.equal(completedOps(up).includes("import oidc"), true);
      assert.equal(up.outputs.arn, arn);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("fails with AWS's words when there is one for that URL", async () => {
    const { url, arn } = newIssuer();
    const { iam } = await account();
    await iam.send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ["sts.amazonaws.com"] }));
    const { program } = providerProgram({ url, clientIdLists: ["sts.amazonaws.com"] });
    await withStack(program, async (stack) => {
      await assert.rejects(
        stack.up(),
        /creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider, https response error StatusCode: 409, RequestID: \S+, EntityAlreadyExists: Provider with url /,
      );
    });
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
  });
});
