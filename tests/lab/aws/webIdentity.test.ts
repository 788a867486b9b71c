import {
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  CreateRoleCommand,
} from "@aws-sdk/client-iam";
import { UnsecuredJWT, SignJWT, type JWTPayload } from "jose";
import assert from "node:assert/strict";
import { assumeWithWebIdentity, type WebIdentityCall } from "../../../lab/aws/clients";
import { createProvider, startTestAccount, trustPolicy, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";

const accountArn = "arn:aws:iam::123456789012";
const noKeys =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity " +
  "documentation for requirements";
const notValidated = "The web identity token provided could not be validated";
const notAuthorized = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

const hour = 3600;
const now = () => Math.floor(Date.now() / 1000);

describe("AssumeRoleWithWebIdentity", () => {
  let account: TestAccount;
  let blue: FakeCluster;
  let green: FakeCluster;
  let stranger: FakeCluster;
  let roleArn: string;

  before(async () => {
    [blue, green, stranger] = await Promise.all([
      FakeCluster.start("blue", "us-east-1", "A".repeat(32)),
      FakeCluster.start("green", "eu-west-1", "B".repeat(32)),
      FakeCluster.start("stranger", "us-east-1", "C".repeat(32)),
    ]);
    account = await startTestAccount([blue, green, stranger]);
    await createProvider(account.iam, blue);
    await createProvider(account.iam, green);
    const role = await account.iam.send(
      new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument: trustPolicy(blue, green) }),
    );
    roleArn = role.Role?.Arn ?? "";
  });

  after(async () => {
    await account.close();
    await Promise.all([blue.stop(), green.stop(), stranger.stop()]);
  });

  /** Tries a token, and returns AWS's refusal as "code status: message"; "" if there is none. */
  async function refusal(token: string, call: Partial<WebIdentityCall> = {}): Promise<string> {
    const result = await assumeWithWebIdentity(account.aws, { roleArn, token, ...call });
    return result.ok ? "" : `${result.code} ${result.status}: ${result.message}`;
  }

  const refusalOf = async (claims: JWTPayload) => refusal(await blue.token({ claims }));

  for (const name of ["blue", "green"]) {
    it(`gives ${name}'s ServiceAccount a session of the one role`, async () => {
      const cluster = name === "blue" ? blue : green;
      const token = await cluster.token();
      const result = await assumeWithWebIdentity(account.aws, { roleArn, token, sessionName: "pod-1" });
      assert.ok(result.ok);
      assert.equal(result.subject, "system:serviceaccount:default:s3-reader");
      assert.equal(result.assumedRoleArn, "arn:aws:sts::123456789012:assumed-role/reader/pod-1");
      assert.match(result.credentials.accessKeyId, /^ASIA/);
    });
  }

  describe("refuses a token", () => {
    it("of an issuer that has no OIDC provider", async () => {
      assert.equal(
        await refusal(await stranger.token()),
        `InvalidIdentityToken 400: No OpenIDConnect provider found in your account for ${stranger.issuerUrl}`,
      );
    });

    it("whose issuer differs by a trailing slash", async () => {
      assert.equal(
        await refusalOf({ iss: `${blue.issuerUrl}/` }),
        `InvalidIdentityToken 400: No OpenIDConnect provider found in your account for ${blue.issuerUrl}/`,
      );
    });

    it("for another audience", async () => {
      assert.equal(await refusalOf({ aud: ["vault"] }), "InvalidIdentityToken 400: Incorrect token audience");
    });

    it("for several audiences", async () => {
      assert.equal(
        await refusalOf({ aud: ["sts.amazonaws.com", "vault"] }),
        "InvalidIdentityToken 400: Incorrect token audience",
      );
    });

    it("whose azp, which counts as the audience, is another", async () => {
      assert.equal(await refusalOf({ azp: "vault" }), "InvalidIdentityToken 400: Incorrect token audience");
    });

    it("that has expired", async () => {
      const exp = now() - hour;
      assert.match(
        await refusalOf({ exp, iat: exp - hour, nbf: exp - hour }),
        new RegExp(
          `^ExpiredTokenException 400: Token expired: current date/time \\d{10} must be before the expiration date/time ${exp}$`,
        ),
      );
    });

    it("that was issued days ago, whatever its expiry", async () => {
      const iat = now() - 5 * 24 * hour;
      assert.match(await refusalOf({ iat, nbf: iat }), /^ExpiredTokenException 400: Token too old: \d{6}$/);
    });

    it("from the future", async () => {
      const future = now() + hour;
      assert.equal(await refusalOf({ iat: future }), `InvalidIdentityToken 400: ${notValidated}`);
      assert.equal(await refusalOf({ nbf: future }), `InvalidIdentityToken 400: ${notValidated}`);
    });

    it("signed with another cluster's key", async () => {
      assert.equal(await refusal(await blue.token({ keyOf: green })), `InvalidIdentityToken 400: ${noKeys}`);
    });

    it("signed with another cluster's key under this cluster's key id", async () => {
      const token = await blue.token({ keyOf: green, kid: blue.kid });
      assert.equal(await refusal(token), `InvalidIdentityToken 400: ${notValidated}`);
    });

    it("that was changed after it was signed", async () => {
      const [header, , signature] = (await blue.token({ claims: { sub: "a" } })).split(".");
      const [, payload] = (await blue.token()).split(".");
      const token = `${header ?? ""}.${payload ?? ""}.${signature ?? ""}`;
      assert.equal(await refusal(token), `InvalidIdentityToken 400: ${notValidated}`);
    });

    it("that is not signed", async () => {
      const claims = { iss: blue.issuerUrl, sub: "system:serviceaccount:default:s3-reader" };
      const unsigned = new UnsecuredJWT(claims).setAudience("sts.amazonaws.com").setIssuedAt();
      assert.equal(
        await refusal(unsigned.setExpirationTime("1h").encode()),
        `InvalidIdentityToken 400: ${notValidated}`,
      );
    });

    it("signed with a shared secret", async () => {
      const token = await new SignJWT({ iss: blue.issuerUrl, sub: "x", aud: "sts.amazonaws.com" })
        .setProtectedHeader({ alg: "HS256", kid: blue.kid })
        .sign(Buffer.alloc(32, "x"));
      assert.equal(await refusal(token), `InvalidIdentityToken 400: ${notValidated}`);
    });

    for (const claim of ["iss", "sub", "aud", "iat", "exp"]) {
      it(`without ${claim}`, async () => {
        assert.equal(
          await refusalOf({ [claim]: undefined }),
          `InvalidIdentityToken 400: Missing a required claim: ${claim}`,
        );
      });
    }

    it("with a time that is no whole number", async () => {
      assert.equal(await refusalOf({ exp: now() + 0.5 }), `InvalidIdentityToken 400: ${notValidated}`);
    });

    it("that is none", async () => {
      assert.equal(
        await refusal("garbage"),
        "InvalidIdentityToken 400: The ID Token provided is not a valid JWT.",
      );
    });

    it("of another ServiceAccount", async () => {
      assert.equal(
        await refusalOf({ sub: "system:serviceaccount:default:writer" }),
        `AccessDenied 403: ${notAuthorized}`,
      );
    });

    it("of the same name in another namespace", async () => {
      assert.equal(
        await refusalOf({ sub: "system:serviceaccount:other:s3-reader" }),
        `AccessDenied 403: ${notAuthorized}`,
      );
    });
  });

  it("takes a token for five minutes longer than it lasts, as AWS does", async () => {
    assert.equal(await refusalOf({ exp: now() - 60 }), "");
  });

  it("does not say whether a role exists", async () => {
    for (const wrong of [`${accountArn}:role/nobody`, `${accountArn}:role/path/reader`]) {
      assert.equal(
        await refusal(await blue.token(), { roleArn: wrong }),
        `AccessDenied 403: ${notAuthorized}`,
      );
    }
  });

  it("looks for the provider in the role's account", async () => {
    assert.equal(
      await refusal(await blue.token(), { roleArn: "arn:aws:iam::999999999999:role/reader" }),
      `InvalidIdentityToken 400: No OpenIDConnect provider found in your account for ${blue.issuerUrl}`,
    );
  });

  it("knows a role by its path", async () => {
    const RoleName = "with-path";
    const { Role: role } = await account.iam.send(
      new CreateRoleCommand({ RoleName, Path: "/team/a/", AssumeRolePolicyDocument: trustPolicy(blue) }),
    );
    assert.equal(role?.Arn, `${accountArn}:role/team/a/with-path`);
    const result = await assumeWithWebIdentity(account.aws, { roleArn: role.Arn, token: await blue.token() });
    assert.ok(result.ok);
    assert.equal(result.assumedRoleArn, "arn:aws:sts::123456789012:assumed-role/with-path/eks-irsa");
    await account.iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it("no longer knows a provider that is gone", async () => {
    await createProvider(account.iam, stranger);
    assert.equal(await refusal(await stranger.token()), `AccessDenied 403: ${notAuthorized}`);
    await account.iam.send(
      new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: stranger.providerArn }),
    );
    assert.match(await refusal(await stranger.token()), /No OpenIDConnect provider found/);
  });

  describe("checks its parameters", () => {
    const invalid: [what: string, call: Partial<WebIdentityCall>, message: string][] = [
      ["a role ARN that is none", { roleArn: "arn:aws:iam::1234:role/reader" }, "Request ARN is invalid"],
      [
        "a short role ARN",
        { roleArn: "reader" },
        "1 validation error detected: Value 'reader' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
      ],
      [
        "a session name with a colon",
        { sessionName: "a:b" },
        "1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
      ],
      [
        "a session name of one character, and a duration of a minute",
        { sessionName: "a", durationSeconds: 60 },
        "2 validation errors detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2; Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
      ],
      [
        "a duration of over twelve hours",
        { durationSeconds: 43_201 },
        "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
      ],
      [
        "a duration over the role's maximum",
        { durationSeconds: 3601 },
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      ],
    ];
    for (const [what, call, message] of invalid) {
      it(`refuses ${what}`, async () => {
        assert.equal(await refusal(await blue.token(), call), `ValidationError 400: ${message}`);
      });
    }
  });
});
