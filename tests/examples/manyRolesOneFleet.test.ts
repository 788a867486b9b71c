import assert from "node:assert/strict";
import { join } from "node:path";
import { stepsOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { answerTo } from "../engine/exchange";
import { describeEngine, type Scope } from "../engine/lab";
import { providerInIam, TYPE } from "../engine/support";
import { ROOT } from "../support/root";
import { openExample, type Example } from "./runExample";

const CLUSTERS = ["virginia-blue", "ireland"] as const;
const WORKLOADS = [
  { cluster: "virginia-blue", namespace: "default", name: "thumbnails" },
  { cluster: "ireland", namespace: "default", name: "audit" },
  { cluster: "ireland", namespace: "default", name: "report-writer" },
];
/** What README has for the other team's stack. */
const CONFIG = {
  fleet: "organization/many-roles-one-fleet/dev",
  clusters: [{ name: "eu", clusterName: "ireland", region: "eu-west-1" }],
};

describeEngine("example: many-roles-one-fleet", (newScope) => {
  let scope: Scope;
  let fleet: Example;
  let team: Example;
  const previews: OperationResult[] = [];
  const ups: OperationResult[] = [];
  const destroyed: OperationResult[] = [];
  /** What STS says to each workload's ServiceAccount about the role of each. */
  let answers: string[][];
  let providersWhenTeamLeft: unknown[];

  before(async () => {
    scope = await newScope({ pods: true });
    // Stacks of two projects see each other where their state is kept together.
    const stateDirectory = join(scope.lab.directory, "pulumi", `${scope.project}-state`);
    const folder = join(ROOT, "examples", "many-roles-one-fleet", "reports-team");
    fleet = await openExample(scope, "many-roles-one-fleet", { stateDirectory });
    team = await openExample(scope, "many-roles-one-fleet", { folder, stateDirectory, config: CONFIG });
    for (const stack of [fleet, team]) {
      previews.push(await stack.preview());
      ups.push(await stack.up());
    }
    const { thumbnails, audit } = ups[0]!.outputs.roleArns as Record<string, string>;
    const roles = [thumbnails!, audit!, String(ups[1]!.outputs.roleArn)];
    answers = await Promise.all(
      WORKLOADS.map((who) => Promise.all(roles.map((role) => answerTo(scope.lab, role, who)))),
    );
    destroyed.push(await team.destroy());
    const { lab, clusters } = scope;
    providersWhenTeamLeft = await Promise.all(
      CLUSTERS.map((name) => providerInIam(lab, clusters[name].issuerUrl)),
    );
    destroyed.push(await fleet.destroy());
  });

  it("previews what its README shows, the other team's stack too", () => {
    fleet.assertShown(previews[0]!);
    team.assertShown(previews[1]!, "reports-team");
  });

  it("makes each provider once, and no other stack makes one", () => {
    const made = ups.map((up) =>
      stepsOf(up, { op: "create", type: TYPE.oidcProvider }).map(({ name }) => name),
    );
    assert.deepEqual([made[0]!.sort(), made[1]], [["fleet/blue", "fleet/eu"], []]);
    assert.equal(stepsOf(ups[0]!, { op: "create", type: TYPE.kubernetes }).length, 2);
  });

  it("gives each workload its own role and refuses it the others'", () => {
    const refused = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
    assert.deepEqual(answers, [
      ["session", refused, refused],
      [refused, "session", refused],
      [refused, refused, "session"],
    ]);
  });

  it("keeps the providers when the other team's stack is destroyed, and takes them along in the end", () => {
    assert.equal(providersWhenTeamLeft.filter(Boolean).length, 2);
    const deleted = destroyed.map(
      (result) => stepsOf(result, { op: "delete", type: TYPE.oidcProvider }).length,
    );
    assert.deepEqual(deleted, [0, 2]);
  });
});
