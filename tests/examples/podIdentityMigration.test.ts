import assert from "node:assert/strict";
import type { OperationResult } from "../../lab/engine/workspace";
import { answerTo, podHolder, type PodHolder } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { makePod } from "../engine/pods";
import { changesIn } from "../engine/recipes";
import { warningsOf } from "../engine/support";
import { openExample, type Example } from "./runExample";
import { stepsIn } from "./steps";

const TOPIC = "pod-identity-migration";

describeEngine("examples: pod-identity-migration", (newScope) => {
  let scope: Scope;
  let last: Example;
  let roleArn: string;
  let previews: { both: OperationResult; early: OperationResult };
  const changes: string[][] = [];
  /** What every pod that runs is told after each step; first those of before it, then those that are made anew. */
  const answers: Record<"ireland" | "born" | "anew", string[]> = { ireland: [], born: [], anew: [] };
  const ways: Record<string, string> = {};

  const podIn = async (cluster: "virginia-blue" | "ireland"): Promise<PodHolder> =>
    podHolder(
      await makePod(
        scope.lab.clusters.find(({ name }) => name === cluster)!,
        "default",
        "s3-reader",
      ),
    );
  const ask = (pod: PodHolder) => answerTo(scope.lab, roleArn, pod);

  before(async function () {
    this.timeout(20 * 60_000);
    scope = await newScope({ pods: true });
    const examples: Example[] = [];
    for (const config of stepsIn(TOPIC, scope)) {
      // In the lab every change is seen at once.
      examples.push(await openExample(scope, TOPIC, { config: { ...config, settleSeconds: 0 } }));
    }
    const [irsa, both, trustsBoth, alone] = examples;
    last = alone!;
    assert.equal(examples.length, 4);

    roleArn = String((await irsa!.up()).outputs.roleArn);
    const ireland = await podIn("ireland");
    const born = await podIn("virginia-blue");
    ways.born = born.pod.way;
    answers.ireland.push(await ask(ireland));
    answers.born.push(await ask(born));
    previews = { early: await last.preview(), both: await both!.preview() };

    changes.push(changesIn(await both!.up()));
    const anew = await podIn("virginia-blue");
    ways.anew = anew.pod.way;
    const askAll = async () => {
      answers.ireland.push(await ask(ireland));
      answers.born.push(await ask(born));
      answers.anew.push(await ask(anew));
    };
    await askAll();
    for (const example of [trustsBoth!, last]) {
      changes.push(changesIn(await example.up()));
      await askAll();
    }
  });

  it("refuses no pod of the cluster that stays, nor one that is made anew after the second step", () => {
    assert.deepEqual(ways, { born: "web identity", anew: "Pod Identity" });
    assert.deepEqual(answers.ireland, ["session", "session", "session", "session"]);
    assert.deepEqual(answers.anew, ["session", "session", "session"]);
  });

  it("refuses pods that were missed in the last step, and not before", () => {
    assert.deepEqual(answers.born.slice(0, 3), ["session", "session", "session"]);
    assert.match(answers.born[3]!, /^InvalidIdentityToken: No OpenIDConnect provider found/);
  });

  it("touches at each step what README says, and nothing of the other cluster", () => {
    assert.deepEqual(changes, [
      [
        "create Addon app/blue",
        "create PodIdentityAssociation app/blue/default/s3-reader",
        "update Role app",
      ],
      ["update ServiceAccount app/blue/default/s3-reader"],
      ["delete OpenIdConnectProvider app/blue", "update Role app"],
    ]);
  });

  it("warns of the last step where it comes too early", () => {
    assert.match(
      warningsOf(previews.early).join("\n"),
      /cluster "blue": too early: the role stops accepting IRSA's tokens in the very update/,
    );
    assert.doesNotMatch(warningsOf(previews.both).join("\n"), /too early/);
  });

  it("previews as its README shows it", () => {
    last.assertShown(previews.both, "both");
    last.assertShown(previews.early, "early");
  });

  it("is destroyed", async () => {
    await last.destroy();
    assert.deepEqual(await last.outputs(), {});
  });
});
