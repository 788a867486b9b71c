import assert from "node:assert/strict";
import { refusedByEks, TRUST_NOT_SEEN } from "../../lab/chaos/rules";
import { throughGate } from "../../lab/chaos/fleet";
import { Gates, type Rule } from "../../lab/chaos/gates";
import type { EngineStack, OperationFailed, OperationResult } from "../../lab/engine/workspace";
import { ServiceAccountOwnership } from "../../index";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { associationIdsIn, awsOnly, inMode } from "./podIdentityFleet";
import { childChanges, failureOf, TYPE } from "./support";

const SECONDS = 2;
const CLUSTERS = ["virginia-blue", "virginia-green"] as const;

/** A call of a plugin, and when it came and was answered, in milliseconds of one clock. */
interface Timed {
  key: string;
  began: number;
  ended: number;
}

/** The call that makes an association, as a gate names it. */
const associating = (cluster: string, account: string) =>
  `aws POST pod-identity-associations ${cluster}/${account}`;
/** The call that makes the sample pod. */
const podCall = (cluster: string) => `${cluster} POST pods/`;

/**
 * Takes the time of all calls. The two associations of the reader are answered together, so that their waits begin together; if one
 * waited for the other, neither would ever be answered.
 */
function timing(calls: Timed[]): Rule {
  const together = CLUSTERS.map((cluster) => associating(cluster, "reader"));
  let arrived = 0;
  let allArrived: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (allArrived = resolve));
  return {
    applies: () => true,
    handle: async ({ key }, pass) => {
      const began = performance.now();
      const answer = await pass();
      if (together.includes(key)) {
        arrived++;
        if (arrived === together.length) allArrived();
        await all;
      }
      calls.push({ key, began, ended: performance.now() });
      return answer;
    },
  };
}

function callOf(calls: Timed[], start: string): Timed {
  const found = calls.find(({ key }) => key.startsWith(start));
  if (found === undefined) {
    throw new Error(`no call is ${start}: ${calls.map(({ key }) => key).join(", ")}`);
  }
  return found;
}

/** What was waited for, as the user is told in passing. */
const waits = ({ passing }: OperationResult) =>
  passing
    .map(({ message }) => message)
    .filter((message) => message.includes("waiting"))
    .sort();

describeEngine("engine: what depends on a role's trust, and on an association, waits", (newScope) => {
  let scope: Scope;
  let gates: Gates;
  const calls: Timed[] = [];
  const later: Timed[] = [];
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;
  let tagged: OperationResult;
  let previewed: OperationResult;
  let widened: OperationResult;

  before(async () => {
    scope = await newScope({ pods: true });
    gates = await Gates.open(scope.lab.aws, scope.lab.clusters, {});
    const clusters = CLUSTERS.map((name) =>
      inMode(scope, name, undefined, {
        installAgent: true,
        kubeconfig: throughGate(scope.clusters[name].kubeconfig, gates.of(name).url),
      }),
    );
    const { namespace } = scope;
    const args = {
      clusters,
      serviceAccounts: [{ namespace, name: "reader" }],
      policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
      samplePod: {},
      podIdentity: { settleSeconds: SECONDS },
    };
    const tags = { team: "data" };
    const writer = { namespace, name: "writer", ownership: ServiceAccountOwnership.None };
    const wider = irsaProgram({ ...args, tags, serviceAccounts: [...args.serviceAccounts, writer] });
    const environment = { AWS_ENDPOINT_URL: gates.of("aws").url };
    const stack = await scope.open(irsaProgram(args), { environment });
    preview = await stack.preview();
    gates.interfere(timing(calls));
    up = await stack.up();
    gates.interfere();
    again = await stack.up();
    tagged = await stack.up(irsaProgram({ ...args, tags }));
    previewed = await stack.preview(wider);
    gates.interfere(timing(later));
    widened = await stack.up(wider);
    gates.interfere();
    await stack.destroy();
  });

  after(() => gates.close());

  /** How long a call came after another was answered, in seconds. */
  const between = (all: Timed[], first: string, second: string) =>
    (callOf(all, second).began - callOf(all, first).ended) / 1000;

  it("an association waits after the role was made", () => {
    for (const cluster of CLUSTERS) {
      assert.ok(between(calls, "aws CreateRole", associating(cluster, "reader")) >= SECONDS);
    }
  });

  it("an association waits after the role's trust policy was changed", () => {
    for (const cluster of CLUSTERS) {
      assert.ok(between(later, "aws UpdateAssumeRolePolicy", associating(cluster, "writer")) >= SECONDS);
    }
  });

  it("a pod waits after its association", () => {
    for (const cluster of CLUSTERS) {
      assert.ok(between(calls, associating(cluster, "reader"), podCall(cluster)) >= SECONDS);
    }
  });

  it("no cluster waits for another: all are associated before the first has a pod", () => {
    const ended = CLUSTERS.map((cluster) => callOf(calls, associating(cluster, "reader")).ended);
    const began = CLUSTERS.map((cluster) => callOf(calls, podCall(cluster)).began);
    assert.ok(Math.max(...ended) < Math.min(...began));
  });

  it("the user is told what is waited for", () => {
    const role = `app: waiting ${SECONDS} s for the trust policy to spread`;
    const associations = (account: string) =>
      CLUSTERS.map(
        (cluster) =>
          `app/${cluster}/${scope.namespace}/${account}: waiting ${SECONDS} s for the association to spread`,
      );
    assert.deepEqual(waits(up), [...associations("reader"), role]);
    assert.deepEqual(waits(widened), [...associations("writer"), role]);
  });

  it("nothing waits in a preview, nor where nothing changes", () => {
    assert.ok(childChanges(preview).includes(`create ${TYPE.role} app`));
    assert.ok(childChanges(previewed).includes(`update ${TYPE.role} app`));
    assert.deepEqual(childChanges(again), []);
    assert.deepEqual([preview, previewed, again].flatMap(waits), []);
  });

  it("nothing waits where only tags change", () => {
    const reader = `app/virginia-blue/${scope.namespace}/reader`;
    for (const line of [`update ${TYPE.role} app`, `update ${TYPE.association} ${reader}`]) {
      assert.ok(childChanges(tagged).includes(line), line);
    }
    assert.deepEqual(waits(tagged), []);
  });
});

describeEngine("engine: EKS has not seen the role's trust policy yet", (newScope) => {
  let scope: Scope;
  let gates: Gates;
  let stack: EngineStack;
  let failure: OperationFailed;
  let tries: number;
  let up: OperationResult;

  const isAssociating = ({ name }: { name: string }) =>
    /^POST pod-identity-associations \S+\/reader$/.test(name);

  before(async () => {
    scope = await newScope();
    gates = await Gates.open(scope.lab.aws, [], {});
    const program = irsaProgram(awsOnly(scope, [inMode(scope, "ireland")], ["reader"]));
    stack = await scope.open(program, { environment: { AWS_ENDPOINT_URL: gates.of("aws").url } });
    gates.interfere(refusedByEks(isAssociating, TRUST_NOT_SEEN));
    failure = await failureOf(stack.up());
    tries = gates.seen().filter((key) => key.includes("POST pod-identity-associations ireland/")).length;
    gates.interfere(refusedByEks(isAssociating, TRUST_NOT_SEEN, 2));
    up = await stack.up();
  });

  after(async () => {
    await stack.destroy();
    await gates.close();
  });

  it("an association is tried again until it has", async () => {
    assert.deepEqual(childChanges(up), [`create ${TYPE.association} app/ireland/${scope.namespace}/reader`]);
    assert.deepEqual(Object.keys(await associationIdsIn(scope, "ireland")), ["reader"]);
    const told = up.diagnostics.filter(({ message }) =>
      message.includes("EKS has not seen the role's trust policy yet"),
    );
    assert.deepEqual(told.length, 2);
  });

  it("four times, and then it fails with the words of EKS", () => {
    assert.equal(tries, 1 + 4);
    assert.match(
      failure.message,
      /InvalidParameterException: Trust policy of the role provided is invalid\./,
    );
  });
});
