import assert from "node:assert/strict";
import { CredentialCache } from "../../../lab/kubernetes/podIdentity/credentialCache";
import { EksRefusal, type PodCredentials } from "../../../lab/kubernetes/podIdentity/eks";
import { podToken } from "./podTokens";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const gone = new EksRefusal(404, "ResourceNotFoundException", "No association found", "id");
const busy = new EksRefusal(429, "ThrottlingException", "Rate exceeded", "id");

describe("the agent's cache", () => {
  let now: number;
  let asked: string[];
  let answer: (token: string) => PodCredentials | Promise<PodCredentials>;
  let isGood: boolean;
  let chance: number;
  let cache: CredentialCache;

  /** Credentials that last so long from now. */
  const lasting = (milliseconds: number) => (): PodCredentials => ({
    accessKeyId: `key-${asked.length}`,
    secretAccessKey: "secret",
    sessionToken: "session",
    accountId: "123456789012",
    expires: now + milliseconds,
  });

  const refusing = (error: Error) => () => {
    throw error;
  };

  const keyFor = async (token = podToken()) => (await cache.get(token)).accessKeyId;

  /** Lets time go by as it does: the cache is looked through each minute. */
  async function pass(milliseconds: number): Promise<void> {
    for (const end = now + milliseconds; now < end;) {
      now = Math.min(now + MINUTE, end);
      await cache.sweep();
    }
  }

  beforeEach(() => {
    now = 1_800_000_000_000;
    asked = [];
    isGood = true;
    chance = 0;
    answer = lasting(6 * HOUR);
    cache = new CredentialCache({
      fetch: async (token) => {
        asked.push(token);
        await Promise.resolve();
        return answer(token);
      },
      isGood: () => Promise.resolve(isGood),
      now: () => now,
      chance: () => chance,
    });
  });

  it("asks once for a pod", async () => {
    assert.deepEqual([await keyFor(), await keyFor()], ["key-1", "key-1"]);
    assert.deepEqual(asked, [podToken()]);
  });

  it("asks once for many that ask at the same time", async () => {
    assert.deepEqual(await Promise.all([keyFor(), keyFor(), keyFor()]), ["key-1", "key-1", "key-1"]);
  });

  it("has each of those asked for that waited in vain", async () => {
    answer = refusing(busy);
    const settled = await Promise.allSettled([keyFor(), keyFor()]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(asked.length, 2);
    assert.equal(await ((answer = lasting(HOUR)), keyFor()), "key-3");
  });

  it("gives another pod of the ServiceAccount its own", async () => {
    await keyFor();
    assert.equal(await keyFor(podToken({ uid: "pod-2" })), "key-2");
  });

  it("keeps no refusal", async () => {
    answer = refusing(gone);
    await assert.rejects(keyFor(), gone);
    answer = lasting(HOUR);
    assert.equal(await keyFor(), "key-2");
  });

  it("has new ones three hours later, and asks for them by itself", async () => {
    await keyFor();
    await pass(3 * HOUR);
    assert.equal(asked.length, 1);
    await pass(MINUTE);
    assert.equal(asked.length, 2);
    assert.equal(await keyFor(), "key-2");
  });

  it("gives a pod whose association is gone those of before for three hours, and then none", async () => {
    await keyFor();
    answer = refusing(gone);
    await pass(3 * HOUR);
    assert.equal(await keyFor(), "key-1");
    await pass(MINUTE);
    await assert.rejects(keyFor(), gone);
  });

  it("gives a pod that is made anew nothing when the association is gone", async () => {
    await keyFor();
    answer = refusing(gone);
    await assert.rejects(keyFor(podToken({ uid: "pod-2" })), gone);
  });

  it("asks for new ones as soon as the old ones have ended, where these last less than three hours", async () => {
    answer = lasting(59 * MINUTE);
    await keyFor();
    await pass(HOUR);
    assert.equal(asked.length, 2);
  });

  it("gives those of a target role, which last less than an hour, for as long as they last", async () => {
    answer = lasting(59 * MINUTE);
    await keyFor();
    answer = refusing(gone);
    await pass(58 * MINUTE + 44 * SECOND);
    assert.equal(await keyFor(), "key-1");
    await pass(SECOND);
    await assert.rejects(keyFor(), gone);
  });

  for (const code of [
    "ResourceNotFoundException",
    "ExpiredTokenException",
    "InvalidTokenException",
    "AccessDeniedException",
  ]) {
    it(`forgets a pod when a renewal is answered with ${code}`, async () => {
      await keyFor();
      answer = refusing(new EksRefusal(400, code, "", ""));
      await pass(3 * HOUR + MINUTE);
      answer = lasting(HOUR);
      assert.equal(await keyFor(), `key-${asked.length}`);
      assert.equal(asked.length, 3);
    });
  }

  for (const error of [busy, new Error("connection refused")]) {
    it(`keeps what it has until it ends when a renewal fails otherwise: ${error.message}`, async () => {
      await keyFor();
      answer = refusing(error);
      await pass(6 * HOUR - 16 * SECOND);
      assert.equal(await keyFor(), "key-1");
      await pass(SECOND);
      await assert.rejects(keyFor(), error);
    });
  }

  it("asks no more for a pod whose credentials have ended, until it asks itself", async () => {
    await keyFor();
    answer = refusing(busy);
    await pass(6 * HOUR + MINUTE);
    const calls = asked.length;
    await pass(10 * MINUTE);
    assert.equal(asked.length, calls);
  });

  it("keeps what a pod was given while a renewal was on its way that fails", async () => {
    const second = podToken({ jti: "second" });
    await keyFor();
    now += 3 * HOUR + 1;
    isGood = false;
    let fail = (): void => undefined;
    const failed = new Promise<never>((_resolve, reject) => {
      fail = () => {
        reject(gone);
      };
    });
    answer = (token) => (token === second ? lasting(HOUR)() : failed);
    const sweep = cache.sweep();
    assert.equal(await keyFor(second), "key-3");
    fail();
    await sweep;
    assert.equal(await keyFor(second), "key-3");
  });

  it("tries again after a minute or two, by chance", async () => {
    chance = 0.5;
    await keyFor();
    answer = refusing(busy);
    await pass(3 * HOUR + MINUTE);
    assert.equal(asked.length, 2);
    await pass(89 * SECOND);
    assert.equal(asked.length, 2);
    await pass(2 * SECOND);
    assert.equal(asked.length, 3);
  });

  it("knows a pod again whose token was replaced, and renews with the token shown last", async () => {
    const second = podToken({ jti: "second" });
    await keyFor();
    assert.equal(await keyFor(second), "key-1");
    await pass(3 * HOUR + MINUTE);
    assert.deepEqual(asked, [podToken(), second]);
  });

  it("asks EKS Auth about a token that is not the pod's by the cluster's keys", async () => {
    await keyFor();
    isGood = false;
    answer = refusing(new EksRefusal(400, "InvalidTokenException", "bad signature", ""));
    await assert.rejects(keyFor(podToken({ jti: "forged" })), /bad signature/);
    assert.equal(await keyFor(), "key-1");
  });

  it("gives nobody credentials that are about to end", async () => {
    answer = lasting(15 * SECOND);
    await assert.rejects(keyFor(), /will expire within the next 15.00 seconds$/);
  });

  it("forgets all with the agent", async () => {
    await keyFor();
    cache.clear();
    assert.equal(await keyFor(), "key-2");
  });

  it("refuses a token that has ended, though there are credentials for its pod", async () => {
    const token = podToken({ exp: now / SECOND + 60 });
    await keyFor(token);
    await pass(MINUTE);
    await assert.rejects(keyFor(token), /failed basic claim validations: token is expired$/);
  });
});
