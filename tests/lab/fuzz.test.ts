import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { difference, type Bound } from "../fuzz/bindings";
import { hunt } from "../fuzz/hunt";
import { mutated } from "../fuzz/mutate";
import { fine, wrong, type Outcome } from "../fuzz/outcome";
import { admits, like } from "../fuzz/reader";
import { MARKS, revived } from "../fuzz/specials";
import { WatchedThread } from "../fuzz/watched";

describe("the fuzz run's thread", () => {
  const thread = new WatchedThread(join(__dirname, "fixtures", "fuzzThread.ts"), 2_000);
  after(() => thread.stop());

  it("is ended when a case hangs or breaks it, and the next case is tried in a new one", async () => {
    const outcomes: Outcome[] = [];
    for (const value of ["one", "hang", "two", "throw", "three"]) {
      outcomes.push(await thread.judge("builder", value));
    }
    const told = outcomes.map((outcome) => (outcome.kind === "fine" ? outcome.label : outcome.message));
    assert.deepEqual(told, [
      "one",
      "builder: hangs: no answer in 2 s",
      "two",
      "builder: the thread ended: out of order",
      "three",
    ]);
  });

  it("answers each case by itself, though they are not waited for", async () => {
    const outcomes = await Promise.all(["a", "b", "c"].map((value) => thread.judge("builder", value)));
    assert.deepEqual(outcomes, [fine("a"), fine("b"), fine("c")]);
  });
});

describe("a hunt", () => {
  const limits = { seed: 7, runs: 200, milliseconds: Infinity, path: undefined, all: false };
  /** Two things are wrong here: no clusters, and a form that is none. */
  const judge = (_: string, value: unknown): Promise<Outcome> => {
    const { clusters, options } = value as { clusters: unknown; options?: { form?: unknown } };
    if (!Array.isArray(clusters)) return Promise.resolve(wrong("no list", "list"));
    const form = options?.form ?? "Auto";
    return Promise.resolve(typeof form === "string" ? fine("good") : wrong("strange form", "form"));
  };

  it("finds a fault, makes the case smaller, and finds it again by seed and path alone", async () => {
    const { faults, cases } = await hunt("builder", limits, judge);
    const [fault] = faults;
    assert.equal(faults.length, 1);
    assert.ok(fault && cases > 0);
    const again = await hunt("builder", { ...limits, seed: fault.seed, path: fault.path, runs: 1 }, judge);
    assert.deepEqual(
      again.faults.map(({ value, message }) => ({ value, message })),
      [{ value: fault.value, message: fault.message }],
    );
  });

  it("goes on after a fault when it is asked to, and names each once", async () => {
    const { faults } = await hunt("builder", { ...limits, runs: 1_000, all: true }, judge);
    assert.deepEqual(faults.map(({ message }) => message).sort(), ["no list", "strange form"]);
  });

  it("finds nothing where nothing is wrong, and says how the cases came out", async () => {
    const { faults, labels, cases } = await hunt("builder", limits, () => Promise.resolve(fine("good")));
    assert.deepEqual([faults, cases, [...labels]], [[], 200, [["good", 200]]]);
  });

  it("is ended by an error of its own making, which is nobody's fault", async () => {
    const broken = () => Promise.reject(new Error("no thread"));
    await assert.rejects(hunt("builder", limits, broken), /no thread/);
  });
});

describe("the fuzz run's second reader", () => {
  const arn = "arn:aws:iam::123456789012:oidc-provider/example.com/A";
  const subject = "system:serviceaccount:default:a";
  const document = (Condition: object, Federated: unknown = arn) => ({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Federated }, Action: "sts:AssumeRoleWithWebIdentity", Condition },
    ],
  });
  const answer = (policy: unknown, asking = {}) =>
    admits(policy, { providerArn: arn, subject, audience: "sts.amazonaws.com", ...asking }, "unknown");

  it("reads what our documents are made of, and nothing else", () => {
    const good = document({
      StringEquals: { "example.com/A:sub": subject, "EXAMPLE.com/a:AUD": ["x", "sts.amazonaws.com"] },
    });
    assert.equal(answer(good), "allow");
    assert.equal(answer(good, { subject: `${subject}b` }), "deny");
    assert.equal(answer(good, { audience: "vault" }), "deny");
    assert.equal(answer(good, { providerArn: `${arn}b` }), "deny");
    const others = { "example.com/B:sub": "nobody" };
    assert.equal(answer(document({ StringEquals: others })), "deny");
    assert.equal(
      answer(document({ StringEqualsIfExists: others })),
      "allow",
      "the issuer's own key is missing",
    );
    assert.equal(answer(document({ StringLikeIfExists: { "example.com/A:sub": "*:default:?" } })), "allow");
    assert.equal(answer(document({ StringEquals: { "example.com/A:sub": "*:default:?" } })), "deny");
    assert.equal(answer(document({ StringEquals: { "aws:SourceVpc": "vpc-1" } })), "unknown");
    assert.equal(answer(document({}, "*")), "unknown");
    assert.equal(answer({ ...good, Id: "x" }), "unknown");
  });

  it("matches patterns as a search through all ways to fill in their stars does", () => {
    const letters = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 8 });
    const slowly = (pattern: string, text: string): boolean => {
      if (pattern === "") return text === "";
      const rest = pattern.slice(1);
      if (pattern.startsWith("*"))
        return slowly(rest, text) || (text !== "" && slowly(pattern, text.slice(1)));
      return (
        text !== "" && (pattern.startsWith("?") || pattern[0] === text[0]) && slowly(rest, text.slice(1))
      );
    };
    fc.assert(
      fc.property(letters("a", "b", "*", "?"), letters("a", "b"), (pattern, text) => {
        assert.equal(like(pattern, text), slowly(pattern, text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("sees who is admitted that should not be, and the other way round", () => {
    const bound: Bound[] = [{ providerArn: arn, exact: [{ namespace: "default", name: "a" }], patterns: [] }];
    const compare = (policy: object, decision = "as read") =>
      difference(policy, bound, { narrowed: false, audienceInDocument: false }, (asking) =>
        decision === "as read" ? admits(policy, asking, "hold") : decision,
      );
    const sub = (value: string, operator = "StringEquals") =>
      document({ [operator]: { "example.com/A:sub": value } });
    assert.equal(compare(sub(subject)), undefined);
    assert.match(compare(document({})) ?? "", /should be "deny", and the second reader says "allow"/);
    assert.match(compare(sub("*", "StringLike")) ?? "", /should be "deny"/);
    assert.match(compare(sub("nobody")) ?? "", /should be "allow", and the second reader says "deny"/);
    assert.match(compare(sub(subject), "indeterminate") ?? "", /evaluateTrust says "indeterminate"/);
  });
});

describe("the fuzz run's cases", () => {
  it("are good ones with up to three changes", () => {
    const good = { list: [{ name: "a" }, { name: "b" }], map: { key: "value" } };
    const samples = fc.sample(mutated(fc.constant(good)), { numRuns: 300, seed: 1 });
    const texts = samples.map((one) => fc.stringify(one));
    assert.ok(texts.includes(fc.stringify(good)), "some are left as they are");
    assert.ok(new Set(texts).size > 100, "and most are not");
    assert.deepEqual(good, { list: [{ name: "a" }, { name: "b" }], map: { key: "value" } });
    assert.ok(
      texts.some((text) => text.includes('["__proto__"]')),
      "one has __proto__ as a member of its own",
    );
  });

  it("get values in the thread that cannot be sent there", () => {
    const shared = { mark: MARKS.find((mark) => mark.endsWith("contains itself")) };
    const all = revived({ all: [...MARKS], twice: [shared, shared] }) as { all: unknown[] };
    assert.equal(all.all.length, MARKS.length);
    assert.equal(all.all.filter((value) => typeof value === "string" && MARKS.includes(value)).length, 0);
  });
});
