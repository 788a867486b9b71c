import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluateTrust } from "../../../trust/evaluate";
import { buildTrustPolicy } from "../../../trust/policy";
import { TrustPolicyForm, type TrustPolicyOptions } from "../../../trust/types";
import { someDamage, withDamage } from "./damage";
import { type Judge, startJudge } from "./judge";
import {
  clustersOf,
  exactFleet,
  patternFleet,
  type PatternFleet,
  type Question,
  questionsOf,
} from "./questions";
import { SLIP_QUESTIONS, slips } from "./slips";

const { StatementPerCluster, SubjectOnly, SingleStatement } = TrustPolicyForm;
/** Those in which a document is written: `Auto` takes one of the first two. */
const FORMS = [StatementPerCluster, SubjectOnly, SingleStatement];

/**
 * What both are told of the request: MiniStack by MINISTACK_REGION, for an unsigned call names no region. Of AWS's other keys it
 * knows few (core/iam_evaluator.py, _resolve_condition_key): no aws:SourceVpc, and aws:PrincipalArn where AWS has none.
 */
const context = { "aws:RequestedRegion": "us-east-1" };

describe("MiniStack, as a second opinion on trust policies", () => {
  let judge: Judge;

  before(async function () {
    // Its Python environment may have to be made.
    this.timeout(300_000);
    judge = await startJudge();
  });

  after(() => judge.stop());

  /** Where the evaluator and MiniStack differ from each other, or from what is expected. */
  async function differences(
    policy: object,
    questions: Question[],
    expected?: (question: Question) => boolean,
  ): Promise<string[]> {
    const answers = await judge.ask(policy, questions);
    return questions.flatMap((question, index) => {
      const { decision } = evaluateTrust(policy, { ...question, context });
      const wanted = expected === undefined ? decision : expected(question) ? "allow" : "deny";
      if (decision === wanted && answers[index] === wanted) return [];
      const { subject, oidcProviderArn, audience } = question;
      const who = `${subject} of ${oidcProviderArn} for ${audience}`;
      return [`${who}: wanted ${wanted}, evaluator ${decision}, MiniStack ${answers[index]}`];
    });
  }

  /** Fails unless both admit exactly the bound ServiceAccounts, and nobody where the extra conditions do not hold. */
  async function assertExact(
    fleet: PatternFleet,
    options: TrustPolicyOptions,
    conditionsHold = true,
  ): Promise<void> {
    const policy = buildTrustPolicy(clustersOf(fleet), options);
    // Without the audience in the document it is the provider's client ID list that refuses other tokens, which is neither the
    // document's matter nor MiniStack's.
    const anyAudience = options.form !== StatementPerCluster;
    const expected = ({ bound, audience }: Question) =>
      conditionsHold && bound && (anyAudience || audience === "sts.amazonaws.com");
    assert.deepEqual(await differences(policy, questionsOf(fleet), expected), []);
  }

  const check = (property: fc.IAsyncProperty<[PatternFleet]>, numRuns: number) =>
    // Not made smaller: each step would be a hundred requests.
    fc.assert(property, { numRuns, endOnFailure: true });

  for (const form of FORMS) {
    it(`${form} admits exactly the bound ServiceAccounts of any fleet`, async () => {
      await check(
        fc.asyncProperty(exactFleet, (fleet) => assertExact(fleet, { form })),
        12,
      );
    }).timeout(120_000);

    it(`${form} admits exactly whom patterns mean`, async () => {
      await check(
        fc.asyncProperty(patternFleet, (fleet) => assertExact(fleet, { form })),
        12,
      );
    }).timeout(120_000);

    it(`${form} with extra conditions admits the same when they hold, and nobody when they do not`, async () => {
      await check(
        fc.asyncProperty(patternFleet, async (fleet) => {
          const region = (operator: string, ...values: string[]) => ({
            form,
            conditions: { [operator]: { "aws:RequestedRegion": values } },
            statements: [{ awsPrincipals: ["arn:aws:iam::123456789012:root"] }],
          });
          await assertExact(fleet, region("StringEquals", "eu-west-1", "us-east-1"), true);
          await assertExact(fleet, region("StringLike", "eu-*"), false);
        }),
        4,
      );
    }).timeout(120_000);
  }

  // So that an agreement means something: each is a document that must not be, and what it admits is known.
  for (const { slip, policy, admits } of slips) {
    it(`sees as the evaluator does that ${slip}`, async () => {
      assert.deepEqual(
        await differences(policy, SLIP_QUESTIONS, ({ subject }) => admits.includes(subject)),
        [],
      );
    });
  }

  it("agrees with the evaluator on damaged documents, whomever they admit", async () => {
    await fc.assert(
      fc.asyncProperty(exactFleet, fc.constantFrom(...FORMS), someDamage, async (fleet, form, damages) => {
        const policy = withDamage(buildTrustPolicy(clustersOf(fleet), { form }), damages);
        // Many documents are worth more than many questions about each.
        const some = questionsOf(fleet).filter((_, index) => index % 3 === 0);
        assert.deepEqual(await differences(policy, some), [], JSON.stringify(policy));
      }),
      { numRuns: 120, endOnFailure: true },
    );
  }).timeout(120_000);
});
