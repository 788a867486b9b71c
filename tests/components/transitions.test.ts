import assert from "node:assert/strict";
import { IdentityMode, SubjectMatch, type IrsaCluster } from "../../index";
import { transitionWarnings } from "../../components/transitions";
import { cluster, goodArgs, READER } from "../support/clusters";

const { Irsa, Both, PodIdentity } = IdentityMode;
const serviceAccounts = [
  READER,
  { namespace: "jobs", name: "writer", clusters: ["green"] },
  { namespace: "jobs", name: "other", clusters: ["blue"] },
];
const warningsOf = (changes: Partial<IrsaCluster>) =>
  transitionWarnings(
    goodArgs({ clusters: [cluster("blue", "B"), cluster("green", "C", changes)], serviceAccounts }),
  );
const RESTART = /kubectl --context <context> --namespace <namespace> rollout restart deployment\/<name>/;

describe("warnings of a cluster between IRSA and Pod Identity", () => {
  const rows: [string, Partial<IrsaCluster>, RegExp[]][] = [
    [
      "with both identities: on to Pod Identity, or back",
      { identity: Both },
      [
        /^cluster "green" is between IRSA and Pod Identity \(identity Both, trusts Both\): /,
        /new pods of default\/s3-reader, jobs\/writer get Pod Identity, and older ones keep what they were born with/,
        /then write identity PodIdentity with trusts Both; or identity Irsa with trusts Both to go back$/,
      ],
    ],
    [
      "with Pod Identity, and trust in both: the end of the way, or back",
      { identity: PodIdentity, trusts: Both },
      [
        /\(identity PodIdentity, trusts Both\): new pods of default\/s3-reader, jobs\/writer get Pod Identity/,
        /older ones may run on web identities\. When all were restarted .*, leave trusts out; or write identity Irsa with trusts Both to go back$/,
      ],
    ],
    [
      "with web identities, and trust in both: the end of the way back, or forward",
      { identity: Irsa, trusts: Both },
      [
        /\(identity Irsa, trusts Both\): new pods of default\/s3-reader, jobs\/writer get web identities/,
        /older ones may run on Pod Identity until their cached credentials end, after 6 hours at most/,
        /then leave trusts out; or write identity Both to go to Pod Identity$/,
      ],
    ],
  ];
  for (const [what, changes, patterns] of rows) {
    it(`${what}: one, that says what to type`, () => {
      const [warning = "", ...others] = warningsOf(changes);
      assert.deepEqual(others, []);
      for (const pattern of [RESTART, ...patterns]) assert.match(warning, pattern);
      assert.doesNotMatch(warning, /jobs\/other|blue/);
    });
  }

  it("are none where the way is over, or has not begun", () => {
    for (const changes of [{}, { identity: PodIdentity }, { identity: PodIdentity, trusts: PodIdentity }]) {
      assert.deepEqual(warningsOf(changes), []);
    }
  });

  it("are none of a cluster that is retired, whose pods are not made anew: it has its own", () => {
    const warnings = warningsOf({ identity: Both, retired: true });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /cluster "green" is retired/);
  });

  it("are none where nobody is bound by name", () => {
    const wildcard = { namespace: "default", name: "s3-*", match: SubjectMatch.Wildcard };
    const args = goodArgs({
      clusters: [cluster("green", "C", { identity: Both })],
      serviceAccounts: [wildcard],
    });
    assert.deepEqual(transitionWarnings(args), []);
  });
});
