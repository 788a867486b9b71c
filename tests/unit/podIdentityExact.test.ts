import assert from "node:assert/strict";
import { findMismatch } from "../../trust/exact";
import { IdentityMode, type TrustedCluster } from "../../trust/types";
import { A, HOST_A } from "./evaluateCases";
import {
  ACCOUNT,
  BASE,
  bound,
  changed,
  document,
  EAST_ARN,
  eastReader,
  external,
  READER,
  READER_ID,
  tagged,
  WEST_ARN,
  wide,
  WRITER,
} from "./podIdentityDocuments";

const { east, west } = bound();
const OTHERS: TrustedCluster = { ...east, subjects: [READER, WRITER] };
const ORG = { StringEquals: { "aws:SourceOrgID": ["o-1"] } };
const PODS_MODE = IdentityMode.PodIdentity;

describe("findMismatch, of Pod Identity: documents that are right", () => {
  const off = bound({ disableSessionTags: true });
  const based = bound({ baseRoleArn: BASE });
  const basedOff = bound({ baseRoleArn: BASE, disableSessionTags: true }, [READER, WRITER]);
  const ids = [EAST_ARN, WEST_ARN].flatMap((arn) => {
    const [, , , region, , cluster] = arn.split(":");
    const head = `${region}/${ACCOUNT}/${cluster?.slice("cluster/".length)}`;
    return [`${head}/default/s3-reader`, `${head}/jobs/writer`];
  });
  const right: [what: string, clusters: TrustedCluster[], statements: object[]][] = [
    ["one cluster", [east], [eastReader]],
    ["clusters in one statement", [west, east], [tagged([EAST_ARN, WEST_ARN], "default", "s3-reader")]],
    ["a statement for each", [east, west], [tagged(WEST_ARN, "default", "s3-reader"), eastReader]],
    [
      "two namespaces",
      [OTHERS],
      [tagged([EAST_ARN], ["default"], ["s3-reader"]), tagged(EAST_ARN, "jobs", "writer")],
    ],
    ["a subject that is bound twice", [{ ...east, subjects: [READER, READER] }], [eastReader]],
    ["tags off", [off.east, off.west], [wide([WEST_ARN, EAST_ARN])]],
    ["tags off, whatever is bound", [{ ...off.east, subjects: [WRITER, READER] }], [wide(EAST_ARN)]],
    [
      "tags off, patterns",
      [{ ...off.east, subjects: [], subjectPatterns: ["system:serviceaccount:a:*"] }],
      [wide(EAST_ARN)],
    ],
    ["tags off, nobody bound", [{ ...off.east, subjects: [] }], []],
    ["a base role", [based.east], [tagged(EAST_ARN, "default", "s3-reader", BASE)]],
    ["a base role, tags off", [basedOff.east, basedOff.west], [external(ids)]],
    [
      "all kinds at once",
      [east, { ...off.west, name: "wide" }, { ...based.west, name: "base" }],
      [eastReader, wide(WEST_ARN), tagged(WEST_ARN, "default", "s3-reader", BASE)],
    ],
    ["no cluster of it", [{ name: "none", subjects: [READER] }], []],
  ];
  for (const [what, clusters, statements] of right) {
    it(what, () => {
      assert.equal(findMismatch(document(...statements), clusters), undefined);
      assert.equal(findMismatch(JSON.stringify(document(...statements)), clusters), undefined);
    });
  }

  const web = {
    Effect: "Allow",
    Principal: { Federated: A },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { [`${HOST_A}:sub`]: READER, [`${HOST_A}:aud`]: "sts.amazonaws.com" } },
  };
  const both = { ...east, oidcProviderArn: A };

  it("both ways, in whatever order", () => {
    assert.equal(findMismatch(document(web, eastReader), [both]), undefined);
    assert.equal(findMismatch(document(eastReader, web), [both]), undefined);
  });

  it("but not with one way missing, or one too many", () => {
    const identities = [document(web), document(eastReader)].map(
      (policy) => findMismatch(policy, [both])?.identity,
    );
    assert.deepEqual(identities, [PODS_MODE, IdentityMode.Irsa]);
    assert.equal(findMismatch(document(web, eastReader), [east])?.identity, IdentityMode.Irsa);
    const webAlone: TrustedCluster = { name: "east", oidcProviderArn: A, subjects: [READER] };
    assert.deepEqual(findMismatch(document(web, eastReader), [webAlone]), {
      identity: PODS_MODE,
      cluster: EAST_ARN,
      subject: READER,
      wanted: "deny",
      decision: "allow",
      reason: "statement 1: admits it as pods.eks.amazonaws.com asks for it",
    });
  });

  it("extra conditions of each way by itself", () => {
    const VPC = { StringEquals: { "aws:SourceVpc": ["vpc-1"] } };
    const narrow = (statement: typeof web, extra: object) => ({
      ...statement,
      Condition: { StringEquals: { ...statement.Condition.StringEquals, ...extra } },
    });
    const pods = changed(eastReader, (copy) => (copy.Condition.StringEquals!["aws:SourceOrgID"] = "o-1"));
    const policy = document(narrow(web, VPC.StringEquals), pods);
    const options = { conditions: VPC, podIdentityConditions: ORG };
    assert.equal(findMismatch(policy, [both], options), undefined);
    for (const wrong of [
      { conditions: VPC },
      { podIdentityConditions: ORG },
      { ...options, conditions: ORG },
    ]) {
      assert.match(findMismatch(policy, [both], wrong)?.reason ?? "", /condition/);
    }
  });
});

describe("findMismatch, of Pod Identity: who is told of", () => {
  const off = bound({ disableSessionTags: true });
  const basedOff = bound({ baseRoleArn: BASE, disableSessionTags: true });
  type Told = [cluster: string, subject: string, wanted: string, decision: string, reason: string];
  const admits = "statement 0: admits it as pods.eks.amazonaws.com asks for it";
  const asBase = `statement 0: admits it as ${BASE} asks for it`;
  const missing = "no statement for Pod Identity admits it";
  const EVERY = "system:serviceaccount:*:*";
  const rows: [what: string, clusters: TrustedCluster[], statements: object[], told: Told][] = [
    [
      "a name more",
      [east],
      [tagged(EAST_ARN, "default", ["s3-reader", "b"])],
      ["east", "system:serviceaccount:default:b", "deny", "allow", admits],
    ],
    [
      "a cluster more",
      [east],
      [tagged([WEST_ARN, EAST_ARN], "default", "s3-reader")],
      [WEST_ARN, READER, "deny", "allow", admits],
    ],
    [
      "the cross product",
      [OTHERS],
      [tagged(EAST_ARN, ["default", "jobs"], ["s3-reader", "writer"])],
      ["east", "system:serviceaccount:default:writer", "deny", "allow", admits],
    ],
    ["a binding less", [OTHERS], [eastReader], ["east", WRITER, "allow", "deny", missing]],
    ["a cluster less", [east, west], [eastReader], ["west", READER, "allow", "deny", missing]],
    [
      "an empty list",
      [east],
      [tagged(EAST_ARN, [], "s3-reader")],
      ["east", READER, "allow", "deny", missing],
    ],
    ["no statement", [east], [], ["east", READER, "allow", "deny", missing]],
    [
      "a star, which is no wildcard",
      [east],
      [tagged(EAST_ARN, "default", "*")],
      ["east", "system:serviceaccount:default:*", "deny", "allow", admits],
    ],
    [
      "twice in a list",
      [east],
      [tagged(EAST_ARN, ["default", "default"], "s3-reader")],
      ["east", READER, "allow", "indeterminate", "statement 0: admits it a second time"],
    ],
    [
      "twice in the document",
      [east],
      [eastReader, eastReader],
      ["east", READER, "allow", "indeterminate", "statement 1: admits it a second time"],
    ],
    [
      "a base role for EKS itself",
      [east],
      [tagged(EAST_ARN, "default", "s3-reader", BASE)],
      ["east", READER, "deny", "allow", asBase],
    ],
    ["whole clusters for tags", [east], [wide(EAST_ARN)], ["east", EVERY, "deny", "allow", admits]],
    ["tags for whole clusters", [off.east], [eastReader], ["east", READER, "deny", "allow", admits]],
    [
      "a whole cluster less",
      [off.east, off.west],
      [wide(WEST_ARN)],
      ["east", EVERY, "allow", "deny", missing],
    ],
    [
      "a whole cluster that nobody is bound in",
      [{ ...off.east, subjects: [] }],
      [wide(EAST_ARN)],
      ["east", EVERY, "deny", "allow", admits],
    ],
    [
      "an external ID more",
      [basedOff.east],
      [external([READER_ID, `${READER_ID}2`])],
      ["east", `${READER}2`, "deny", "allow", asBase],
    ],
    [
      "an external ID of another cluster",
      [basedOff.east],
      [external([READER_ID, READER_ID.replace("east/", "x/")])],
      [READER_ID.replace("east/", "x/"), READER, "deny", "allow", asBase],
    ],
    [
      "an external ID that is none",
      [basedOff.east],
      [external([READER_ID, "x"])],
      ["x", "system:serviceaccount::", "deny", "allow", asBase],
    ],
    [
      "an external ID less",
      [basedOff.east, basedOff.west],
      [external(READER_ID)],
      ["west", READER, "allow", "deny", missing],
    ],
    [
      "another base role",
      [basedOff.east],
      [external(READER_ID, `${BASE}2`)],
      ["east", READER, "deny", "allow", `statement 0: admits it as ${BASE}2 asks for it`],
    ],
    [
      "no cluster's ARN",
      [{ ...east, podIdentity: { clusterArn: "x" } }],
      [],
      ["east", EVERY, "allow", "indeterminate", "the cluster's ARN cannot be read"],
    ],
    [
      "no role's ARN",
      [bound({ baseRoleArn: ACCOUNT }).east],
      [],
      ["east", EVERY, "allow", "indeterminate", "the base role's ARN cannot be read"],
    ],
    ...["system:serviceaccount:a/b:c", "system:serviceaccount:a:b/c", "a:b"].map(
      (subject): [string, TrustedCluster[], object[], Told] => [
        `the binding ${subject}`,
        [{ ...east, subjects: [subject] }],
        [],
        [
          "east",
          subject,
          "allow",
          "indeterminate",
          "Pod Identity takes exact names of ServiceAccounts alone",
        ],
      ],
    ),
    [
      "a pattern",
      [{ ...east, subjectPatterns: ["system:serviceaccount:a:*"] }],
      [eastReader],
      [
        "east",
        "system:serviceaccount:a:*",
        "allow",
        "indeterminate",
        "Pod Identity takes exact names of ServiceAccounts alone",
      ],
    ],
  ];
  for (const [what, clusters, statements, [cluster, subject, wanted, decision, reason]] of rows) {
    it(what, () => {
      const expected = { identity: PODS_MODE, cluster, subject, wanted, decision, reason };
      assert.deepEqual(findMismatch(document(...statements), clusters), expected);
    });
  }

  it("a document that is not understood: an outsider of the first cluster with Pod Identity", () => {
    const web: TrustedCluster = { name: "web", oidcProviderArn: A, subjects: [READER] };
    const strange = { ...eastReader, Effect: "Deny" };
    assert.deepEqual(findMismatch(document(strange), [web, west, east]), {
      identity: PODS_MODE,
      cluster: "west",
      subject: "system:serviceaccount:A:A",
      wanted: "deny",
      decision: "indeterminate",
      reason: "statement 0: is not an Allow",
    });
    assert.equal(findMismatch(document(strange), [web])?.cluster, "web");
    assert.equal(findMismatch(document(strange), [])?.cluster, "");
  });
});
