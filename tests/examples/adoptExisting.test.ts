import assert from "node:assert/strict";
import { changesOf, stepsOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { answerTo } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { deleteProvider, makeProvider, providerArn, providerInIam, TYPE } from "../engine/support";
import { openExample, type Example } from "./runExample";

const NAMES = ["virginia-blue", "virginia-green", "ireland"] as const;

describeEngine("example: adopt-existing", (newScope) => {
  let scope: Scope;
  let example: Example;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;
  let destroyed: OperationResult;
  let answers: string[];
  /** The providers of the three as IAM has them: before, with the stack, and after it. */
  const inIam: Awaited<ReturnType<typeof providerInIam>>[][] = [];

  before(async () => {
    scope = await newScope({ pods: true });
    const { lab, clusters } = scope;
    const look = async () =>
      inIam.push(await Promise.all(NAMES.map((name) => providerInIam(lab, clusters[name].issuerUrl))));
    await makeProvider(lab, clusters["virginia-blue"].issuerUrl, { "alpha.eksctl.io/cluster-name": "blue" });
    await makeProvider(lab, clusters["virginia-green"].issuerUrl, { madeBy: "hand" });
    await look();
    example = await openExample(scope, "adopt-existing");
    preview = await example.preview();
    up = await example.up();
    await look();
    answers = await Promise.all(
      NAMES.map((cluster) =>
        answerTo(lab, String(up.outputs.roleArn), { cluster, namespace: "default", name: "s3-reader" }),
      ),
    );
    again = await example.preview();
    destroyed = await example.destroy();
    await look();
  });

  after(() => deleteProvider(scope.lab, providerArn(scope.lab, scope.clusters["virginia-blue"].issuerUrl)));

  it("previews what its README shows", () => {
    example.assertShown(preview);
  });

  it("adopts one provider, takes one over and makes one; nothing of what was there is changed", () => {
    const done = stepsOf(up, { type: TYPE.oidcProvider }).map(({ op, name }) => `${op} ${name}`);
    assert.deepEqual(done.sort(), ["create app/eu", "import app/green", "read app/blue"]);
    const [earlier, meanwhile] = inIam;
    assert.equal(earlier![0]?.tags["alpha.eksctl.io/cluster-name"], "blue");
    assert.deepEqual(meanwhile!.slice(0, 2), earlier!.slice(0, 2));
    assert.deepEqual(meanwhile![2]?.clientIds, ["sts.amazonaws.com"]);
  });

  it("gives the role to the ServiceAccount in all three clusters", () => {
    assert.deepEqual(answers, ["session", "session", "session"]);
  });

  it("has nothing to do in a second preview", () => {
    assert.deepEqual(changesOf(again), []);
  });

  it("leaves the adopted provider as it was, and takes its own and the one taken over along", () => {
    const deleted = stepsOf(destroyed, { op: "delete", type: TYPE.oidcProvider }).map(({ name }) => name);
    assert.deepEqual(deleted.sort(), ["app/eu", "app/green"]);
    assert.deepEqual(inIam[2], [inIam[0]![0], undefined, undefined]);
  });
});
