import assert from "node:assert/strict";
import type { OperationResult } from "../../lab/engine/workspace";
import { answerTo, whileExchanging, type Exchanged, type Holder } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { changesIn } from "../engine/recipes";
import { warningsOf } from "../engine/support";
import { openExample, type Example } from "./runExample";
import { stepsIn } from "./steps";

const READER = { namespace: "default", name: "s3-reader" };
const BLUE: Holder = { cluster: "virginia-blue", ...READER };
const GREEN: Holder = { cluster: "virginia-green", ...READER };

describeEngine("examples: blue-green", (newScope) => {
  let scope: Scope;
  let ups: OperationResult[];
  let previews: { retired: OperationResult; gone: OperationResult };
  let gone: Example;
  /** What STS says in the second step, and what it said of tokens of that step all through the third and fourth. */
  let both: string[];
  let leaving: Exchanged<Date>;

  before(async () => {
    scope = await newScope({ pods: true });
    const steps = stepsIn("blue-green", scope);
    assert.equal(steps.length, 4);
    const opened: Example[] = [];
    // One after the other: they are one stack.
    for (const config of steps) opened.push(await openExample(scope, "blue-green", { config }));
    const [blue, green, retired, last] = opened;
    gone = last!;
    ups = [await blue!.up(), await green!.up()];
    const roleArn = String(ups[0]!.outputs.roleArn);
    both = [await answerTo(scope.lab, roleArn, BLUE), await answerTo(scope.lab, roleArn, GREEN)];
    leaving = await whileExchanging(scope.lab, roleArn, [BLUE, GREEN], async () => {
      const preview = await retired!.preview();
      ups.push(await retired!.up());
      previews = { retired: preview, gone: await gone.preview() };
      const began = new Date();
      ups.push(await gone.up());
      return began;
    });
  });

  it("keeps the role and its ARN at every step", () => {
    assert.equal(new Set(ups.map(({ outputs }) => outputs.roleArn)).size, 1);
    const roles = ups.flatMap((up) => changesIn(up)).filter((change) => change.includes(" Role "));
    assert.deepEqual(roles, ["create Role app", "update Role app", "update Role app"]);
  });

  it("lets pods of both clusters in while the workloads move", () => {
    assert.deepEqual(both, ["session", "session"]);
  });

  it("takes what is in the retired cluster, and nothing of its trust", () => {
    assert.deepEqual(changesIn(ups[2]!), [
      "delete ServiceAccount app/blue/default/s3-reader",
      "delete k8s.Provider app/blue",
    ]);
    assert.match(warningsOf(previews.retired).join("\n"), /cluster "blue" is retired and still trusted/);
  });

  it("refuses blue's pods when blue goes, and not before", () => {
    const refused = leaving.exchanges.filter(({ holder, refusal }) => holder.includes("blue") && refusal);
    assert.ok(refused.length > 0);
    assert.deepEqual(
      refused.filter(({ ended }) => ended < leaving.result),
      [],
    );
    assert.match(leaving.answerAfter(BLUE), /^InvalidIdentityToken: No OpenIDConnect provider found/);
  });

  it("never refuses green's pods", () => {
    assert.deepEqual(leaving.refusalsOf(GREEN), []);
    assert.equal(leaving.answerAfter(GREEN), "session");
  });

  it("previews as its README shows it", () => {
    gone.assertShown(previews.retired, "retired");
    gone.assertShown(previews.gone, "gone");
  });

  it("leaves nothing behind", async () => {
    await gone.destroy();
    const { deployment } = (await gone.exportState()) as { deployment: { resources?: unknown[] } };
    assert.deepEqual(deployment.resources ?? [], []);
  });
});
