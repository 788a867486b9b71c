import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { IdentityMode } from "../../index";
import { podHolder, type PodHolder } from "./exchange";
import { describeEngine } from "./lab";
import { Migration, type Modes, type Step } from "./migration";
import { deletePod, wayOf, type Way } from "./pods";
import { changesIn } from "./recipes";
import { childChanges, warningsOf } from "./support";

const { Irsa, Both, PodIdentity } = IdentityMode;

/** A step of the documented order. */
interface Planned {
  title: string;
  modes: Modes;
  /** What it changes of each cluster, and beside that of the role. */
  changes: string[];
  updatesRole: boolean;
  /** What its preview says of each cluster. */
  warning: RegExp;
  /** Is the warning told until the next step, or only while the trust is narrowed? */
  warnsOn: boolean;
  /** What the component's sample pods run with after it. */
  samples: Way;
  /** What the pods have that ran during it. */
  pods: Way;
}

const BETWEEN = (identity: IdentityMode, rest: string) =>
  new RegExp(
    `^MultiClusterIrsa "app": cluster "CLUSTER" is between IRSA and Pod Identity \\(identity ${identity}, trusts Both\\): new pods of PODS get ${rest}`,
  );
const NARROWS = (way: string) =>
  new RegExp(
    `^MultiClusterIrsa "app": cluster "CLUSTER": the role stops accepting ${way}: pods of PODS that were not made anew`,
  );

const STEPS: Planned[] = [
  {
    title: "Both",
    modes: { identity: Both, installAgent: true },
    changes: ["create Addon", "create PodIdentityAssociation", "replace Pod"],
    updatesRole: true,
    warning: BETWEEN(Both, "Pod Identity, .* then write identity PodIdentity with trusts Both"),
    warnsOn: true,
    samples: "Pod Identity",
    pods: "web identity",
  },
  {
    title: "PodIdentity, trusts Both",
    modes: { identity: PodIdentity, trusts: Both, installAgent: true },
    changes: ["replace Pod", "update ServiceAccount"],
    updatesRole: false,
    warning: BETWEEN(PodIdentity, "Pod Identity, .* leave trusts out"),
    warnsOn: true,
    samples: "Pod Identity",
    pods: "Pod Identity",
  },
  {
    title: "PodIdentity",
    modes: { identity: PodIdentity, installAgent: true },
    changes: ["delete OpenIdConnectProvider"],
    updatesRole: true,
    warning: NARROWS("IRSA's tokens"),
    warnsOn: false,
    samples: "Pod Identity",
    pods: "Pod Identity",
  },
  {
    title: "Back: PodIdentity, trusts Both",
    modes: { identity: PodIdentity, trusts: Both, installAgent: true },
    changes: ["create OpenIdConnectProvider"],
    updatesRole: true,
    warning: BETWEEN(PodIdentity, "Pod Identity, .* write identity Irsa with trusts Both to go back"),
    warnsOn: true,
    samples: "Pod Identity",
    pods: "Pod Identity",
  },
  {
    title: "Back: Irsa, trusts Both",
    modes: { identity: Irsa, trusts: Both, installAgent: true },
    changes: ["delete PodIdentityAssociation", "replace Pod", "update ServiceAccount"],
    updatesRole: false,
    warning: BETWEEN(Irsa, "web identities, .* then leave trusts out"),
    warnsOn: true,
    // They are made before the associations go.
    samples: "Pod Identity",
    pods: "Pod Identity",
  },
  {
    title: "Back: Irsa",
    modes: {},
    changes: ["delete Addon", "replace Pod"],
    updatesRole: true,
    warning: NARROWS("Pod Identity"),
    warnsOn: false,
    samples: "web identity",
    pods: "web identity",
  },
];

const [TO_BOTH, TO_POD_IDENTITY, ALONE, TRUST_OF_BOTH, TO_IRSA, IRSA_ALONE] = STEPS as [
  Planned,
  Planned,
  Planned,
  Planned,
  Planned,
  Planned,
];
const HALF_AN_HOUR = 30 * 60_000;
const OF_CLUSTER = ["Addon", "OpenIdConnectProvider"];

describeEngine(
  "engine: a migration from IRSA to Pod Identity and back, with the documented restarts",
  (newScope) => {
    let migration: Migration;
    /** Pods of before it that the first restart missed. */
    let missed: PodHolder[];
    /** Pods whose associations go, as they are served by the agent. */
    let byAgent: PodHolder[];
    const done = new Map<Planned, Step>();

    before(async function () {
      this.timeout(HALF_AN_HOUR);
      migration = await Migration.start(await newScope({ pods: true }), () => ({}), { samplePod: {} });
      const take = async (planned: Planned, others?: PodHolder[]) =>
        done.set(planned, await migration.step(planned.title, () => planned.modes, others));
      await take(TO_BOTH);
      missed = await migration.restart({ missed: true });
      await take(TO_POD_IDENTITY, missed);
      await Promise.all(missed.map(({ pod }) => deletePod(pod)));
      await take(ALONE);
      await take(TRUST_OF_BOTH);
      byAgent = migration.pods.map(({ pod }) => podHolder(pod, true));
      await take(TO_IRSA, byAgent);
      await migration.restart();
      await take(IRSA_ALONE);
    });

    for (const planned of STEPS) {
      describe(planned.title, () => {
        let step: Step;
        before(() => (step = done.get(planned)!));

        it(`finds pods of all clusters on ${planned.pods}`, () => {
          assert.deepEqual(step.pods.map(({ cluster }) => cluster).sort(), [...migration.names].sort());
          assert.deepEqual([...new Set(step.pods.map(({ pod }) => pod.way))], [planned.pods]);
        });

        it("previews exactly what it does, and nothing is left to do", () => {
          assert.deepEqual(changesIn(step.up), expectedChanges(planned));
          assert.deepEqual(childChanges(step.preview), childChanges(step.up));
          assert.deepEqual(childChanges(step.again), []);
        });

        it(`warns in its preview, with the names of the bindings${planned.warnsOn ? "" : ", and not any more then"}`, () => {
          assertWarnings(planned, warningsOf(step.preview));
          if (planned.warnsOn) assertWarnings(planned, warningsOf(step.again));
          else assert.deepEqual(warningsOf(step.again), []);
        });

        it(`leaves sample pods that are ready, on ${planned.samples}`, () => {
          assert.deepEqual(Object.keys(step.samples).sort(), [...migration.names].sort());
          for (const [cluster, pods] of Object.entries(step.samples)) {
            assert.deepEqual(pods.map(wayAndReadiness), [[planned.samples, "True"]], cluster);
          }
        });

        if (planned === TO_IRSA) return;
        it("refuses no pod at any time, neither those that run nor those that are born meanwhile", () => {
          assert.deepEqual(step.refusalsOf(...step.pods, ...step.newPods), []);
        });
      });
    }

    it("refuses no pod that the first restart missed, as long as the role accepts both", () => {
      assert.deepEqual([...new Set(missed.map(({ pod }) => pod.way))], ["web identity"]);
      assert.deepEqual(done.get(TO_POD_IDENTITY)!.refusalsOf(...missed), []);
    });

    describe("the one exception: pods whose association has gone, until they are made anew", () => {
      it("EKS Auth refuses them, since it finds no association", () => {
        const step = done.get(TO_IRSA)!;
        for (const pod of step.pods) {
          const refusals = step.refusalsOf(pod);
          assert.ok(refusals.length > 0, pod.cluster);
          for (const refusal of refusals) {
            assert.match(refusal, /, Pod Identity\) ResourceNotFoundException: No association found in /);
          }
          assert.match(step.answerAfter(pod), /^ResourceNotFoundException/);
        }
      });

      it("those that are born right before that may ask too late, and no others", () => {
        const step = done.get(TO_IRSA)!;
        for (const refusal of step.refusalsOf(...step.newPods)) {
          assert.match(
            refusal,
            / \(new pods\) Pod Identity: .*\(ResourceNotFoundException\): No association found in /,
          );
        }
        for (const one of step.newPods) assert.equal(step.answerAfter(one), "session");
      });

      it("the agent goes on giving them the credentials that it keeps", () => {
        assert.equal(byAgent.length, migration.names.length);
        assert.deepEqual(done.get(TO_IRSA)!.refusalsOf(...byAgent), []);
      });
    });

    function expectedChanges({ changes, updatesRole }: Planned): string[] {
      const { namespace } = migration.scope;
      const ofClusters = migration.names.flatMap((cluster) =>
        changes.map((change) =>
          OF_CLUSTER.some((type) => change.endsWith(type))
            ? `${change} app/${cluster}`
            : `${change} app/${cluster}/${namespace}/reader`,
        ),
      );
      return [...ofClusters, ...(updatesRole ? ["update Role app"] : [])].sort();
    }

    /** Of each cluster one, and no other. */
    function assertWarnings({ warning }: Planned, warnings: string[]): void {
      const { namespace } = migration.scope;
      assert.equal(warnings.length, migration.names.length, warnings.join("\n"));
      for (const cluster of migration.names) {
        const wanted = warning.source.replace("CLUSTER", cluster).replace("PODS", `${namespace}/reader`);
        assert.ok(
          warnings.some((one) => new RegExp(wanted).test(one)),
          `${wanted}\n${warnings.join("\n")}`,
        );
      }
    }
  },
);

function wayAndReadiness(pod: V1Pod): unknown[] {
  return [wayOf(pod), pod.status?.conditions?.find(({ type }) => type === "Ready")?.status];
}
