import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JSONWebKeySet } from "jose";
import assert from "node:assert/strict";
import { request } from "node:http";
import { PodIdentityAgent } from "../../../lab/kubernetes/podIdentity/agent";
import { Eks } from "../../../lab/kubernetes/podIdentity/eks";
import { FakeEks, refusal } from "./fakeEks";
import { podClaims, podToken, type PodTokenOptions } from "./podTokens";

const cluster = { name: "ireland", region: "eu-west-1" };
const addon = "GET /clusters/ireland/addons/eks-pod-identity-agent";
const assume = "POST /clusters/ireland/assume-role-for-pod-identity";
const HOUR = 3_600_000;

interface Answer {
  status?: number;
  contentType?: string;
  body: string;
}

/** Asks as an SDK does: the token is the whole header. */
function ask(uri: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(uri, { method, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body += text));
      response.on("end", () => {
        resolve({ status: response.statusCode, contentType: response.headers["content-type"], body });
      });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("an EKS Pod Identity agent of the lab", () => {
  let fake: FakeEks;
  let agent: PodIdentityAgent;
  let now: number;
  let logged: unknown[];
  let keys: () => Promise<JSONWebKeySet>;

  beforeEach(async () => {
    now = 1_800_000_000_000;
    logged = [];
    keys = () => Promise.reject(new Error("no keys"));
    fake = await FakeEks.start();
    const eks = new Eks();
    eks.open(fake.aws);
    agent = await PodIdentityAgent.start(eks, {
      now: () => now,
      chance: () => 0,
      log: (error) => logged.push(error),
    });
    agent.serve({ ...cluster, keys: () => keys() });
    install();
    give("ASIA1");
  });

  afterEach(async () => {
    await agent.close();
    await fake.stop();
  });

  const install = () => fake.answers.set(addon, { body: { addon: { status: "ACTIVE" } } });

  function give(accessKeyId: string, expires = now + 6 * HOUR): void {
    const credentials = {
      accessKeyId,
      secretAccessKey: "secret",
      sessionToken: "session",
      expiration: expires / 1_000,
    };
    const assumedRoleUser = { arn: "arn:aws:sts::210987654321:assumed-role/app/eks-ireland-app-1" };
    fake.answers.set(assume, { body: { credentials, assumedRoleUser } });
  }

  const assumed = () => fake.calls.filter((call) => call.includes(assume)).length;
  const get = (token = podToken()) => ask(agent.uri, { authorization: token });
  const keyOf = async (token?: string) => (JSON.parse((await get(token)).body) as Answer & Key).AccessKeyId;
  interface Key {
    AccessKeyId: string;
  }

  it("is on loopback, where the AWS SDKs speak without TLS", () => {
    assert.match(agent.uri, /^http:\/\/127\.0\.0\.1:\d+\/v1\/credentials$/);
  });

  it("gives credentials for a token, as the SDKs read them", async () => {
    const answer = await get();
    assert.deepEqual([answer.status, answer.contentType], [200, "application/json"]);
    assert.deepEqual(JSON.parse(answer.body), {
      AccessKeyId: "ASIA1",
      SecretAccessKey: "secret",
      Token: "session",
      AccountId: "210987654321",
      Expiration: "2027-01-15T14:00:00Z",
    });
    assert.deepEqual(fake.calls.at(-1), `eks-auth eu-west-1 ${assume} {"token":"${podToken()}"}`);
  });

  it("writes fractions of a second where there are some", async () => {
    give("ASIA1", now + HOUR + 120);
    assert.match((await get()).body, /"Expiration":"2027-01-15T09:00:00.12Z"/);
  });

  it("gives a pod the same ones until they are renewed", async () => {
    await get();
    give("ASIA2");
    assert.equal(await keyOf(), "ASIA1");
    now += 3 * HOUR + 1;
    await agent.sweep();
    assert.equal(await keyOf(), "ASIA2");
  });

  describe("closes the connection", () => {
    const closed = () => assert.rejects(get(), { code: "ECONNRESET" });

    it("where the add-on is not installed", async () => {
      fake.answers.delete(addon);
      await closed();
      assert.equal(assumed(), 0);
    });

    it("where EKS does not say whether it is", async () => {
      fake.answers.set(addon, refusal(500, "ServerException", "Not now."));
      await closed();
      assert.match(String(logged), /Not now/);
    });

    it("as long as it does not know its cluster", async () => {
      const early = await PodIdentityAgent.start(new Eks());
      await assert.rejects(ask(early.uri), { code: "ECONNRESET" });
      await early.close();
    });

    it("when the add-on was taken away, and has forgotten all when it is back", async () => {
      await get();
      give("ASIA2");
      fake.answers.delete(addon);
      await closed();
      install();
      assert.equal(await keyOf(), "ASIA2");
    });
  });

  it("asks nothing for pods while the add-on is away", async () => {
    await get();
    fake.answers.delete(addon);
    now += 4 * HOUR;
    await agent.sweep();
    assert.equal(assumed(), 1);
  });

  describe("refuses", () => {
    const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const none = { claims: { "kubernetes.io": undefined } };
    const noPod = { claims: { "kubernetes.io": { namespace: "shop" } } };
    const cannot = "Service account token cannot be parsed: token is malformed:";
    const uid = "failed to get pod uid from service account token: token missing";
    const cases: [string, string | PodTokenOptions | undefined, string][] = [
      ["no token", undefined, "Service account token cannot be empty"],
      ["what is no token", "token", `${cannot} token contains an invalid number of segments`],
      ["a header that is none", `x.${segment({})}.x`, `${cannot} could not JSON decode header`],
      ["claims that are none", `${segment({})}.x.x`, `${cannot} could not JSON decode claim`],
      [
        "a token with Bearer before it, as clusters want it",
        `Bearer ${podToken()}`,
        `${cannot} could not JSON decode header`,
      ],
      [
        "a token that has ended",
        { exp: 1_800_000_000 },
        "Service account token failed basic claim validations: token is expired",
      ],
      [
        "a token that is not valid yet",
        { claims: { nbf: 1_800_000_001 } },
        "Service account token failed basic claim validations: token is not valid yet",
      ],
      ["a token that is not a ServiceAccount's", none, `${uid} kubernetes.io claims`],
      ["a token that is bound to no pod", noPod, `${uid} pod claims`],
      ["a token whose pod has no UID", { claims: { "kubernetes.io": { pod: {} } } }, `${uid} pod uid`],
    ];
    for (const [title, token, text] of cases) {
      it(title, async () => {
        const shown = typeof token === "object" ? podToken(token) : token;
        const answer = await ask(agent.uri, shown === undefined ? {} : { authorization: shown });
        assert.deepEqual(answer, {
          status: 400,
          contentType: "text/plain; charset=utf-8",
          body: `${text}\n`,
        });
        assert.equal(assumed(), 0);
      });
    }

    it("whoever has another name for it", async () => {
      const answer = await ask(agent.uri, { authorization: podToken(), host: "attacker.example:80" });
      assert.equal(answer.status, 403);
      assert.match(
        answer.body,
        /^Access Denied\. Called agent through invalid address, .*attacker\.example\n$/,
      );
    });

    it("other paths", async () => {
      const answer = await ask(agent.uri.replace("/v1/", "/v2/"), { authorization: podToken() });
      assert.deepEqual([answer.status, answer.body], [404, "404 page not found\n"]);
    });

    for (const [status, code, fault] of [
      [404, "ResourceNotFoundException", "client"],
      [503, "ServiceUnavailableException", "server"],
    ] as const) {
      it(`as EKS Auth does: ${code}`, async () => {
        fake.answers.set(assume, refusal(status, code, "Not for you."));
        assert.deepEqual(await get(), {
          status,
          contentType: "text/plain; charset=utf-8",
          body: `[request-1]: (${code}): Not for you., fault: ${fault}\n`,
        });
      });
    }
  });

  describe("when a pod's token was replaced", () => {
    let signingKey: CryptoKey;

    beforeEach(async () => {
      const pair = await generateKeyPair("RS256");
      signingKey = pair.privateKey;
      const jwk = { ...(await exportJWK(pair.publicKey)), kid: "key", alg: "RS256" };
      keys = () => Promise.resolve({ keys: [jwk] });
      await get();
      give("ASIA2");
    });

    const signed = (options: PodTokenOptions = {}, key = signingKey) =>
      new SignJWT(podClaims(options)).setProtectedHeader({ alg: "RS256", kid: "key" }).sign(key);

    it("knows the pod by the cluster's keys", async () => {
      assert.equal(await keyOf(await signed()), "ASIA1");
    });

    for (const [title, claims] of [
      ["is for another audience", { aud: ["sts.amazonaws.com"] }],
      [
        "names no ServiceAccount",
        { "kubernetes.io": { namespace: "shop", pod: { name: "p", uid: "pod-1" } } },
      ],
    ] as const) {
      it(`leaves one that ${title} to EKS Auth`, async () => {
        assert.equal(await keyOf(await signed({ claims })), "ASIA2");
      });
    }

    it("leaves one with another key's signature to EKS Auth", async () => {
      const { privateKey } = await generateKeyPair("RS256");
      assert.equal(await keyOf(await signed({}, privateKey)), "ASIA2");
    });

    it("leaves it to EKS Auth when the keys cannot be had", async () => {
      const token = await signed();
      keys = () => Promise.reject(new Error("away"));
      assert.equal(await keyOf(token), "ASIA2");
    });
  });
});
