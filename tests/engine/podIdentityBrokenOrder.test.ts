import assert from "node:assert/strict";
import { IdentityMode } from "../../index";
import type { LabClusterName } from "../../lab/supervisor/client";
import { describeEngine } from "./lab";
import { Migration, type Modes, type Step } from "./migration";
import { warningsOf } from "./support";

const { Irsa, Both, PodIdentity } = IdentityMode;

/** A cluster and what it skips, in one `up`. */
const BEGIN: Record<LabClusterName, Modes> = {
  ireland: {},
  "virginia-blue": { identity: PodIdentity, installAgent: true },
  "virginia-green": { identity: Irsa, trusts: Both, installAgent: true },
};
const END: Record<LabClusterName, Modes> = {
  ireland: { identity: PodIdentity, installAgent: true },
  "virginia-blue": {},
  "virginia-green": { identity: PodIdentity, installAgent: true },
};

describeEngine("engine: a migration whose order is broken on purpose", (newScope) => {
  let migration: Migration;
  let step: Step;

  before(async () => {
    const scope = await newScope({ pods: true });
    migration = await Migration.start(scope, (cluster) => BEGIN[cluster as LabClusterName]);
    step = await migration.step("all at once", (cluster) => END[cluster as LabClusterName]);
  });

  for (const result of ["preview", "up"] as const) {
    it(`the ${result} warns of trust that is taken in the update in which the other one comes, and names the pods`, () => {
      assertWarned(result, "ireland", /too early: the role stops accepting IRSA's tokens in the very update/);
      assertWarned(
        result,
        "virginia-blue",
        /too early: the role stops accepting Pod Identity in the very update/,
      );
    });

    it(`the ${result} warns of associations that are made in the update in which IRSA's trust goes`, () => {
      const reason =
        /the association of PODS is made in the very update in which the role stops accepting IRSA's tokens/;
      assertWarned(result, "ireland", reason);
      assertWarned(result, "virginia-green", reason);
      assertWarned(
        result,
        "virginia-green",
        /the role stops accepting IRSA's tokens: pods of PODS that were not/,
      );
      assert.equal(warningsOf(step[result]).length, 5, warningsOf(step[result]).join("\n"));
    });
  }

  it("pods on web identities are refused where the role accepts Pod Identity alone", () => {
    for (const cluster of ["ireland", "virginia-green"]) assertRefused(cluster, /, web identity\) /);
  });

  it("pods on Pod Identity are refused where the role accepts web identities alone", () => {
    assertRefused("virginia-blue", /, Pod Identity\) AccessDeniedException: Unauthorized Exception! /);
  });

  it("pods that are born on Pod Identity meanwhile are refused as well, until the associations are gone", () => {
    const born = step.newPods.find(({ cluster }) => cluster === "virginia-blue")!;
    const refusals = step.refusalsOf(born);
    assert.ok(refusals.length > 0);
    for (const one of refusals) assert.match(one, /\(new pods\) Pod Identity: /);
    assert.equal(step.answerAfter(born), "session");
  });

  it("nobody is refused once all pods are made anew", async () => {
    await migration.restart();
    assert.deepEqual(migration.pods.map(({ cluster, pod }) => [cluster, pod.way]).sort(), [
      ["ireland", "Pod Identity"],
      ["virginia-blue", "web identity"],
      ["virginia-green", "Pod Identity"],
    ]);
  });

  function assertWarned(result: "preview" | "up", cluster: string, reason: RegExp): void {
    const pods = `${migration.scope.namespace}/reader`;
    const wanted = new RegExp(
      `^MultiClusterIrsa "app": cluster "${cluster}": ${reason.source.replace("PODS", pods)}`,
    );
    const fitting = warningsOf(step[result]).filter((one) => wanted.test(one) && one.includes(pods));
    assert.equal(fitting.length, 1, `${wanted.source}\n${warningsOf(step[result]).join("\n")}`);
  }

  function assertRefused(cluster: string, how: RegExp): void {
    const pod = migration.pods.find((one) => one.cluster === cluster)!;
    const refusals = step.refusalsOf(pod);
    assert.ok(refusals.length > 0, `no refusal of ${cluster}`);
    assert.ok(
      refusals.some((one) => how.test(one)),
      refusals.join("\n"),
    );
    assert.notEqual(step.answerAfter(pod), "session");
  }
});
