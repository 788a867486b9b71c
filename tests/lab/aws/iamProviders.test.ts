import * as iamApi from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { iamClient } from "../../../lab/aws/clients";
import { assertRefused, createProvider, startTestAccount, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";

describe("OIDC providers in IAM", () => {
  let account: TestAccount;
  let blue: FakeCluster;

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([]);
  });

  after(async () => {
    await account.close();
    await blue.stop();
  });

  const arn = () => ({ OpenIDConnectProviderArn: blue.providerArn });
  const read = () => account.iam.send(new iamApi.GetOpenIDConnectProviderCommand(arn()));
  const addClientId = (ClientID: string, iam = account.iam) =>
    iam.send(new iamApi.AddClientIDToOpenIDConnectProviderCommand({ ...arn(), ClientID }));
  const removeClientId = (ClientID: string) =>
    account.iam.send(new iamApi.RemoveClientIDFromOpenIDConnectProviderCommand({ ...arn(), ClientID }));

  beforeEach(async () => {
    await account.iam.send(
      new iamApi.CreateOpenIDConnectProviderCommand({
        Url: blue.issuerUrl,
        ClientIDList: ["sts.amazonaws.com"],
        ThumbprintList: ["a".repeat(40)],
        Tags: [{ Key: "team", Value: "a" }],
      }),
    );
  });

  afterEach(async () => {
    await account.iam.send(new iamApi.DeleteOpenIDConnectProviderCommand(arn()));
  });

  it("are refused a second time", async () => {
    await assertRefused(
      createProvider(account.iam, blue),
      "EntityAlreadyExists",
      409,
      `Provider with url ${blue.issuerUrl} already exists.`,
    );
  });

  it("come back without https://", async () => {
    assert.equal((await read()).Url, blue.hostAndPath);
  });

  it("get another client ID, and keep everything else", async () => {
    const before = await read();
    await addClientId("vault");
    await addClientId("vault");
    const { $metadata: _, ...after } = await read();
    assert.deepEqual(after, {
      Url: blue.hostAndPath,
      ClientIDList: ["sts.amazonaws.com", "vault"],
      ThumbprintList: ["a".repeat(40)],
      CreateDate: before.CreateDate,
      Tags: [{ Key: "team", Value: "a" }],
    });
  });

  it("lose a client ID", async () => {
    await addClientId("vault");
    await removeClientId("sts.amazonaws.com");
    await removeClientId("never there");
    assert.deepEqual((await read()).ClientIDList, ["vault"]);
  });

  it("have a hundred client IDs at most", async () => {
    for (let index = 1; index < 100; index++) await addClientId(`client-${index}`);
    await assertRefused(
      addClientId("one more"),
      "LimitExceeded",
      409,
      "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
    );
  });

  it("are not changed by somebody who may not", async () => {
    const { AccessKey: key } = await userWithoutPermissions(account);
    const nobody = iamClient({
      ...account.aws,
      accessKeyId: key?.AccessKeyId ?? "",
      secretAccessKey: key?.SecretAccessKey ?? "",
    });
    await assert.rejects(addClientId("vault", nobody), { name: "AccessDenied" });
    assert.deepEqual((await read()).ClientIDList, ["sts.amazonaws.com"]);
  });

  for (const url of [
    "http://oidc.eks.us-east-1.amazonaws.com/id/X",
    "https://oidc.eks.us-east-1.amazonaws.com:443/id/X",
    "https://oidc.eks.us-east-1.amazonaws.com/id/X?a=b",
    "https://user@oidc.eks.us-east-1.amazonaws.com/id/X",
    "oidc.eks.us-east-1.amazonaws.com/id/X",
  ]) {
    it(`are refused at ${url}`, () =>
      assertRefused(
        account.iam.send(new iamApi.CreateOpenIDConnectProviderCommand({ Url: url })),
        "ValidationError",
        400,
        "Invalid Open ID Connect Provider URL",
      ));
  }

  it("may be deleted twice: the call is idempotent", async () => {
    await account.iam.send(new iamApi.DeleteOpenIDConnectProviderCommand(arn()));
    await account.iam.send(new iamApi.DeleteOpenIDConnectProviderCommand(arn()));
    await assertRefused(
      addClientId("vault"),
      "NoSuchEntity",
      404,
      `OpenIDConnect Provider not found for arn ${blue.providerArn}`,
    );
  });
});

async function userWithoutPermissions({ iam }: TestAccount): Promise<iamApi.CreateAccessKeyCommandOutput> {
  const UserName = "nobody";
  await iam.send(new iamApi.CreateUserCommand({ UserName }));
  return iam.send(new iamApi.CreateAccessKeyCommand({ UserName }));
}
