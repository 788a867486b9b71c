import assert from "node:assert/strict";
import { readConfiguration } from "../../../lab/plugins/aws/configuration";
import type { Properties } from "../../../lab/plugins/shared/server";

const environment = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:5000",
  AWS_ACCESS_KEY_ID: "AKIA",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_REGION: "us-east-1",
};

describe("the AWS stand-in: configuration", () => {
  it("comes from the environment", () => {
    assert.deepEqual(readConfiguration({}, { ...environment, AWS_SESSION_TOKEN: "token" }), {
      region: "us-east-1",
      credentials: { accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "token" },
      endpoints: {
        iam: "http://127.0.0.1:5000",
        sts: "http://127.0.0.1:5000",
        s3: "http://127.0.0.1:5000",
        eks: "http://127.0.0.1:5000",
      },
      assumeRoles: [],
      skipCredentialsValidation: false,
    });
  });

  it("prefers the provider's own arguments, nested ones as JSON", () => {
    const { AWS_ENDPOINT_URL: _, ...rest } = environment;
    const all = { iam: "http://[::1]:1", sts: "http://localhost:2", s3: "http://127.1.2.3:4" };
    const configuration = readConfiguration(
      {
        region: "eu-west-1",
        accessKey: "other",
        secretKey: "other secret",
        skipCredentialsValidation: "true",
        endpoints: JSON.stringify([all, { eks: "http://127.0.0.1:3" }]),
        assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::222222222222:role/x" }]),
      },
      rest,
    );
    assert.equal(configuration.region, "eu-west-1");
    assert.deepEqual(configuration.credentials, { accessKeyId: "other", secretAccessKey: "other secret" });
    assert.deepEqual(configuration.endpoints, { ...all, eks: "http://127.0.0.1:3" });
    assert.deepEqual(configuration.assumeRoles, [
      { roleArn: "arn:aws:iam::222222222222:role/x", sessionName: "pulumi" },
    ]);
    assert.equal(configuration.skipCredentialsValidation, true);
  });

  it("prefers a service's own endpoint to the common one", () => {
    const { endpoints } = readConfiguration(
      {},
      { ...environment, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:7" },
    );
    assert.equal(endpoints.sts, "http://127.0.0.1:7");
    assert.equal(endpoints.iam, "http://127.0.0.1:5000");
  });

  const refused: [string, Properties, Record<string, string | undefined>, RegExp][] = [
    ["no endpoint", {}, { AWS_ENDPOINT_URL: undefined }, /no endpoint for iam: set AWS_ENDPOINT_URL/],
    [
      "AWS itself",
      {},
      { AWS_ENDPOINT_URL: "https://iam.amazonaws.com" },
      /does not call https:\/\/iam\.amazonaws\.com/,
    ],
    [
      "AWS itself for one service only",
      { endpoints: [{ s3: "https://s3.amazonaws.com" }] },
      {},
      /does not call https:\/\/s3\.amazonaws\.com/,
    ],
    [
      "a name that begins like a loopback address",
      {},
      { AWS_ENDPOINT_URL: "http://127.0.0.1.example.com" },
      /does not call/,
    ],
    [
      "a loopback address as user name",
      {},
      { AWS_ENDPOINT_URL: "http://127.0.0.1@example.com" },
      /does not call/,
    ],
    ["no URL", {}, { AWS_ENDPOINT_URL: "127.0.0.1" }, /does not call/],
    ["a profile", {}, { AWS_PROFILE: "work" }, /reads no profile/],
    ["no region", {}, { AWS_REGION: undefined }, /No region/],
    ["no keys", {}, { AWS_ACCESS_KEY_ID: undefined }, /No valid credential sources/],
    ["a role without an ARN", { assumeRoles: [{}] }, {}, /no roleArn/],
  ];
  for (const [what, config, changed, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readConfiguration(config, { ...environment, ...changed }), message);
    });
  }
});
