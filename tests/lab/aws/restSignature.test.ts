import * as eksApi from "@aws-sdk/client-eks";
import assert from "node:assert/strict";
import { eksClient } from "../../../lab/aws/clients";
import { signedHeaders, type AccessKey, type UnsignedRequest } from "../../../lab/aws/sign";
import { startTestAccount, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";
import { assertEksRefuses } from "./podIdentity";

const unknown = "UnrecognizedClientException 403: The security token included in the request is invalid.";
const list = new eksApi.ListAddonsCommand({ clusterName: "blue" });

describe("callers of EKS's calls that the front answers", () => {
  let account: TestAccount;
  let blue: FakeCluster;

  before(async () => {
    blue = await FakeCluster.start("blue", "us-east-1", "A".repeat(32));
    account = await startTestAccount([blue]);
  });

  after(async () => {
    await account.close();
    await blue.stop();
  });

  /** What the front says to a call that is signed, and changed afterwards. */
  async function answer(
    change: (headers: Record<string, string>) => {
      headers?: Record<string, string>;
      query?: string;
    } = () => ({}),
    now?: Date,
    key: AccessKey = account.aws,
  ): Promise<string> {
    const url = `${account.aws.endpointUrl}/clusters/blue/addons?maxResults=5`;
    const request: UnsignedRequest = {
      method: "GET",
      url,
      service: "eks",
      region: "us-east-1",
      contentType: "application/json",
      body: "",
    };
    const signed = signedHeaders(request, key, now);
    const { headers = signed, query = "" } = change(signed);
    const response = await fetch(`${url}${query}`, { headers });
    const { message = "" } = (await response.json()) as { message?: string };
    return `${response.status} ${response.headers.get("x-amzn-errortype") ?? ""} ${message}`;
  }

  it("are the administrators, each in his account", async () => {
    assert.equal(await answer(), "200  ");
    const [other] = account.aws.otherAccounts;
    assert.match(
      await answer(undefined, undefined, other),
      /^404 ResourceNotFoundException No cluster found/,
    );
  });

  it("are not those with a made-up key", async () => {
    const key = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
    await assertEksRefuses(eksClient({ ...account.aws, ...key }).send(list), unknown);
  });

  it("are not administrators with another secret", async () => {
    const eks = eksClient({ ...account.aws, secretAccessKey: "x".repeat(40) });
    await assert.rejects(eks.send(list), { name: "InvalidSignatureException" });
  });

  const refused: [what: string, change: Parameters<typeof answer>[0], expected: RegExp][] = [
    [
      "with another query than was signed",
      () => ({ query: "&nextToken=x" }),
      /^403 InvalidSignatureException/,
    ],
    [
      "with a header of AWS's that was not signed",
      (headers) => ({ headers: { ...headers, "x-amz-other": "x" } }),
      /^403 InvalidSignatureException/,
    ],
    [
      "with another body's hash",
      (headers) => ({ headers: { ...headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
      /^403 InvalidSignatureException/,
    ],
    [
      "with a session token",
      (headers) => ({ headers: { ...headers, "x-amz-security-token": "x" } }),
      /^403 UnrecognizedClientException/,
    ],
    [
      "for another region than was signed",
      (headers) => ({
        headers: { ...headers, authorization: headers["authorization"]!.replace("us-east-1", "eu-west-1") },
      }),
      /^403 InvalidSignatureException/,
    ],
    [
      "with half a signature",
      (headers) => ({
        headers: { ...headers, authorization: headers["authorization"]!.replace(/, Signature.*/, "") },
      }),
      /^403 IncompleteSignatureException/,
    ],
  ];
  for (const [what, change, expected] of refused) {
    it(`are refused ${what}`, async () => {
      assert.match(await answer(change), expected);
    });
  }

  for (const minutes of [-6, 6]) {
    it(`are refused with a signature of ${minutes} minutes from now`, async () => {
      const now = new Date(Date.now() + minutes * 60_000);
      assert.match(
        await answer(undefined, now),
        /^403 InvalidSignatureException Signature expired or not yet/,
      );
    });
  }
});
