import assert from "node:assert/strict";
import { judgeTrust } from "../../../lab/aws/trustJudge";
import {
  proveTrust,
  type AssociationReading,
  type Claim,
  type Counterexample,
} from "../../../lab/proof/prove";
import { evaluateTrust } from "../../../trust/evaluate";
import {
  associationFleet,
  BASE_ROLES,
  documentOf,
  idIn,
  POD_IDENTITY,
  statementsFor,
  type AssociationClaim,
  type Written,
} from "./associations";

const ARN = "aws:RequestTag/eks-cluster-arn";
const NAMESPACE = "aws:RequestTag/kubernetes-namespace";
const NAME = "aws:RequestTag/kubernetes-service-account";
const BREAK_GLASS = "arn:aws:iam::999999999999:role/break-glass";

/** Admitted or not, by the evaluator and by the lab's judge, neither of which has anything to do with the proof. */
function othersSay(document: string, reading: AssociationReading): { evaluator?: boolean; judge?: boolean } {
  const { clusterArn, namespace = "x", serviceAccount = "x", sessionTags, baseRoleArn } = reading;
  if (clusterArn === undefined && reading.externalId === undefined) {
    // EKS sends one always: only the proof asks about none.
    return {};
  }
  const known = clusterArn ?? "arn:aws:eks:us-east-1:123456789012:cluster/x";
  const tags = {
    clusterArn: known,
    clusterName: known.replace(/.*\//, ""),
    namespace,
    serviceAccount,
    podName: "x",
    podUid: "x",
  };
  const common = { ...(sessionTags ? { tags } : {}), roleSessionName: "x" };
  const judge = judgeTrust(
    document,
    baseRoleArn === undefined
      ? { kind: "eks-service", clusterArn: known, accountId: known.split(":")[4]!, ...common }
      : { kind: "base-role", roleArn: baseRoleArn, externalId: reading.externalId ?? "", ...common },
  ).allowed;
  if (clusterArn === undefined) {
    return { judge };
  }
  const disableSessionTags = !sessionTags;
  const request = { clusterArn, namespace, serviceAccount, disableSessionTags };
  const { decision } = evaluateTrust(document, {
    ...request,
    ...(baseRoleArn === undefined ? {} : { baseRoleArn }),
  });
  return { judge, evaluator: decision === "allow" };
}

/** The counterexample, of which the evaluator and the judge must both say the same as the proof. */
async function counterexampleOf(
  statements: unknown[],
  claim: Claim,
): Promise<Counterexample & { text: string }> {
  const document = documentOf(statements);
  const proof = await proveTrust(document, claim);
  assert.ok(!proof.proved, "the fault is found");
  const { counterexample, text } = proof;
  if (counterexample.kind === "association" && Object.keys(counterexample.assumed).length === 0) {
    const admitted = counterexample.policy === "admits";
    const { judge = admitted, evaluator = admitted } = othersSay(document, counterexample);
    assert.deepEqual({ judge, evaluator }, { judge: admitted, evaluator: admitted }, text);
  }
  return { ...counterexample, text };
}

/** The statements of a claim, in which something is wrong. */
function spoilt(claim: AssociationClaim, spoil: (statements: Written[]) => void): Written[] {
  const statements = statementsFor(claim);
  spoil(statements);
  return statements;
}

/** Takes a key out of a statement's condition. */
function without(statement: Written | undefined, key: string): void {
  const entries = Object.entries(statement?.Condition.StringEquals ?? {});
  Object.assign(statement!.Condition, {
    StringEquals: Object.fromEntries(entries.filter(([one]) => one !== key)),
  });
}

/** Finds a fault, and compares what is said of it. */
function finds(
  fault: string,
  claim: AssociationClaim,
  spoil: (statements: Written[]) => void,
  says: string | RegExp,
  more: Partial<Claim> = {},
): void {
  it(`is shown where ${fault}`, async () => {
    const { text } = await counterexampleOf(spoilt(claim, spoil), { ...claim, ...more });
    if (typeof says === "string") {
      assert.equal(text, says);
    } else {
      assert.match(text, says);
    }
  });
}

const admits = (what: string) => `the trust policy admits ${what}, and the bindings do not admit it`;
const refuses = (what: string) => `the trust policy refuses ${what}, and the bindings admit it`;

describe("a fault in a trust policy for EKS Pod Identity", function () {
  this.timeout(60_000);
  const claim = associationFleet(6, ["tags"]);
  const { clusters } = claim;
  const arnOf = (index: number) => clusters[index]!.podIdentity.clusterArn;

  const pairs: [string, RegExp][] = [
    [
      ARN,
      /^the trust policy admits an association of cluster .* for default\/s3-reader by EKS Pod Identity, and/,
    ],
    [
      NAMESPACE,
      /^the trust policy admits an association of cluster "cluster-00" for (?!default)[a-z0-9-]+\/s3-reader by/,
    ],
    [
      NAME,
      /^the trust policy admits an association of cluster "cluster-00" for default\/(?!s3-reader )[a-z0-9-]+ by/,
    ],
  ];
  for (const [key, says] of pairs) {
    finds(
      `${key} is missing`,
      claim,
      ([first]) => {
        without(first, key);
      },
      says,
    );
  }

  finds(
    "nothing is asked, as widely used tools write it",
    claim,
    (statements) => statements.push({ ...statements[0]!, Condition: {} }),
    /^the trust policy admits an association of cluster "cluster-00" for .* by EKS Pod Identity, and/,
  );
  finds(
    "tags may be missing: what has none is admitted whole",
    claim,
    ([first]) => (first!.Condition = { StringEqualsIfExists: first!.Condition.StringEquals! }),
    /^the trust policy admits every association of cluster .* by EKS Pod Identity without session tags, and/,
  );
  finds(
    "a wildcard reaches other names",
    claim,
    ([first]) => {
      const { [NAME]: name, ...others } = first!.Condition.StringEquals!;
      assert.equal(name, "s3-reader");
      first!.Condition = { StringEquals: others, StringLike: { [NAME]: "s3-*" } };
    },
    /^the trust policy admits an association of cluster "cluster-00" for default\/s3-(?!reader )[a-z0-9-]* by/,
  );
  finds(
    "two groups of one cluster are put together to one",
    claim,
    (statements) => {
      const [, one, two] = statements;
      assert.equal(one!.Condition.StringEquals![ARN], two!.Condition.StringEquals![ARN]);
      for (const key of [NAMESPACE, NAME]) {
        one!.Condition.StringEquals![key] = [one, two].flatMap((each) => each!.Condition.StringEquals![key]!);
      }
    },
    /^the trust policy admits an association of cluster "cluster-01" for (default\/writer(-2)?|reports\/s3-reader) by/,
  );
  finds(
    "two clusters with other bindings stand in one list",
    claim,
    ([first]) => (first!.Condition.StringEquals![ARN] = [arnOf(0), arnOf(2)]),
    admits('an association of cluster "cluster-02" for default/s3-reader by EKS Pod Identity'),
  );
  finds(
    "sts:TagSession is missing",
    claim,
    ([first]) => (first!.Action = "sts:AssumeRole"),
    refuses('an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity'),
  );
  finds(
    "sts:AssumeRole is missing",
    claim,
    ([first]) => (first!.Action = "sts:TagSession"),
    refuses('an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity'),
  );
  const foreign = "arn:aws:eks:us-east-1:123456789012:cluster/foreign";
  finds(
    "the ARN of a cluster that is not among them stands in a list",
    claim,
    ([first]) => (first!.Condition.StringEquals![ARN] = [arnOf(0), foreign, arnOf(4), arnOf(5)]),
    admits(
      `an association of cluster ${foreign}, which is none of the clusters, for default/s3-reader by EKS Pod Identity`,
    ),
  );
  finds(
    "the cluster is known by its name alone",
    claim,
    ([first]) => {
      const { [ARN]: _, ...others } = first!.Condition.StringEquals!;
      first!.Condition.StringEquals = {
        "aws:RequestTag/eks-cluster-name": ["eks-cluster-00", "eks-cluster-04", "eks-cluster-05"],
        ...others,
      };
    },
    /^the trust policy admits an association of cluster arn:aws\S*:cluster\/eks-cluster-0[045], which is none of the clusters, for default\/s3-reader by/,
  );
  finds(
    "a condition on the pod's name is left over",
    claim,
    ([first]) => (first!.Condition.StringLike = { "aws:RequestTag/kubernetes-pod-name": "reader-*" }),
    refuses('an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity'),
  );
  finds(
    "a Deny reaches who is bound",
    claim,
    (statements) =>
      statements.push({
        ...statements[1]!,
        Effect: "Deny",
        Principal: "*",
        Action: "sts:TagSession",
        Condition: { StringLike: { [NAME]: "*-2" } },
      }),
    refuses('an association of cluster "cluster-01" for reports/writer-2 by EKS Pod Identity'),
  );
  finds(
    "the statement of a cluster that was retired stayed",
    claim,
    () => undefined,
    admits(
      `an association of cluster ${arnOf(3)}, which is none of the clusters, for default/writer by EKS Pod Identity`,
    ),
    {
      clusters: clusters.filter(({ name }) => name !== "cluster-03"),
      bindings: claim.bindings.filter(({ cluster }) => cluster !== "cluster-03"),
    },
  );
  finds(
    "another service of AWS's is named beside EKS",
    claim,
    ([first]) => (first!.Principal = { Service: [POD_IDENTITY, "ec2.amazonaws.com"] }),
    /^the trust policy admits ec2\.amazonaws\.com, which is no cluster's base role, with session tags where .*kubernetes-namespace is "default"/,
  );
  finds(
    "everybody is the principal",
    claim,
    ([first]) => (first!.Principal = { AWS: "*" }),
    /^the trust policy admits arn:aws[a-z-]*:iam::\d{12}:(role|user)\/\S+, which is no cluster's base role, with session tags where/,
  );
  finds(
    "the service is not EKS's",
    claim,
    ([first]) => (first!.Principal = { Service: "eks.amazonaws.com" }),
    refuses('an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity'),
  );
});

describe("a fault in a trust policy for Pod Identity without session tags", function () {
  this.timeout(60_000);
  const claim = associationFleet(2, ["noTags"]);
  const withTags = associationFleet(2, ["tags"]);
  const either = associationFleet(4, ["tags", "noTags"]);
  const [off] = statementsFor(claim);
  const [on] = statementsFor(withTags);

  finds(
    "the source ARN is missing: any cluster of the account fits",
    claim,
    ([first]) => {
      without(first, "aws:SourceArn");
    },
    /^the trust policy admits every association of cluster arn:aws\S*:eks:\S*:123456789012:cluster\/\S+, which is none of the clusters, by EKS Pod Identity without session tags, and/,
  );
  finds(
    "tags are off, and on is claimed",
    withTags,
    (statements) => statements.splice(0, statements.length, off!),
    refuses('an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity'),
  );
  finds(
    "tags are on, and off is claimed",
    claim,
    (statements) => statements.splice(0, statements.length, on!),
    /^the trust policy (admits an association of cluster "cluster-00" for default\/s3-reader by EKS Pod Identity|refuses every association of cluster "cluster-00" by EKS Pod Identity without session tags), and/,
  );
  finds(
    "the source ARN alone admits session tags as well",
    claim,
    ([first]) => (first!.Action = ["sts:AssumeRole", "sts:TagSession"]),
    /^the trust policy admits an association of cluster "cluster-00" for .* by EKS Pod Identity, and/,
  );
  finds(
    "a cluster with tags stands among those without",
    either,
    (statements) => {
      const { StringEquals } = statements.find(({ Action }) => Action === "sts:AssumeRole")!.Condition;
      StringEquals!["aws:SourceArn"] = either.clusters.map(({ podIdentity }) => podIdentity.clusterArn);
    },
    admits('every association of cluster "cluster-00" by EKS Pod Identity without session tags'),
  );
  finds(
    "the source account is another",
    claim,
    ([first]) => (first!.Condition.StringEquals!["aws:SourceAccount"] = "999999999999"),
    refuses('every association of cluster "cluster-00" by EKS Pod Identity without session tags'),
  );
});

describe("a fault in a trust policy for base roles", function () {
  this.timeout(60_000);
  const claim = associationFleet(4, ["baseTags"]);
  const ids = associationFleet(4, ["baseNoTags"]);
  const [base, other] = BASE_ROLES as [string, string];
  const root = "arn:aws:iam::222222222222:root";

  finds(
    "a tag is missing",
    claim,
    ([first]) => {
      without(first, NAME);
    },
    /^the trust policy admits an association of cluster "cluster-00" for default\/(?!s3-reader )[a-z0-9-]+ by EKS Pod Identity through base role arn:aws:iam::222222222222:role\/base, and/,
  );
  finds(
    "the two base roles are mixed up",
    claim,
    ([first]) => (first!.Principal = { AWS: other }),
    new RegExp(
      `^the trust policy refuses an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity through base role ${base}, and`,
    ),
  );
  finds(
    "both base roles stand in one statement",
    claim,
    ([first]) => (first!.Principal = { AWS: [base, other] }),
    admits(
      `an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity through base role ${other}`,
    ),
  );
  finds(
    "a role that is nobody's base role stands beside one",
    claim,
    ([first]) => (first!.Principal = { AWS: [base, BREAK_GLASS] }),
    /^the trust policy admits arn:aws:iam::999999999999:role\/break-glass, which is no cluster's base role, with session tags where .*aws:requesttag\/kubernetes-namespace is "default"/,
  );
  finds(
    "the base role's whole account is the principal",
    claim,
    ([first]) => (first!.Principal = { AWS: root }),
    /^the trust policy admits arn:aws[a-z-]*:iam::222222222222:(role|user)\/\S+, which is no cluster's base role, with session tags/,
  );
  finds(
    "EKS itself is the principal",
    claim,
    ([first]) => (first!.Principal = { Service: POD_IDENTITY }),
    admits('an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity'),
  );
  finds(
    "sts:TagSession is missing",
    claim,
    ([first]) => (first!.Action = "sts:AssumeRole"),
    refuses(
      `an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity through base role ${base}`,
    ),
  );
  finds(
    "a Deny for the account reaches a base role",
    claim,
    (statements) =>
      statements.push({ ...statements[0]!, Effect: "Deny", Principal: { AWS: root }, Condition: {} }),
    refuses(
      `an association of cluster "cluster-00" for default/s3-reader by EKS Pod Identity through base role ${base}`,
    ),
  );
  finds(
    "external IDs are not asked for",
    ids,
    ([first]) => (first!.Condition = {}),
    /^the trust policy admits an association of cluster "cluster-0[02]" for \S+ by EKS Pod Identity without session tags through base role \S+:role\/base, and/,
  );
  finds(
    "an external ID may be missing",
    ids,
    ([first]) => (first!.Condition = { StringEqualsIfExists: first!.Condition.StringEquals! }),
    admits(
      `an association by EKS Pod Identity without session tags through base role ${base} with no external ID`,
    ),
  );
  finds(
    "an external ID is another ServiceAccount's",
    ids,
    ([first]) => {
      const { podIdentity } = ids.clusters[2]!;
      (first!.Condition.StringEquals!["sts:ExternalId"] as string[]).push(
        idIn(podIdentity)({ namespace: "team-d", name: "x" }),
      );
    },
    admits(
      `an association of cluster "cluster-02" for team-d/x by EKS Pod Identity without session tags through base role ${base}`,
    ),
  );
  finds(
    "an external ID is of no cluster",
    ids,
    ([first]) =>
      (first!.Condition.StringEquals!["sts:ExternalId"] as string[]).push("us-east-1/1/x/default/x"),
    admits(
      `an association by EKS Pod Identity without session tags through base role ${base} with external ID "us-east-1/1/x/default/x"`,
    ),
  );
  finds(
    "an external ID is left out",
    ids,
    ([first]) => (first!.Condition.StringEquals!["sts:ExternalId"] as string[]).pop(),
    refuses(
      `an association of cluster "cluster-02" for team-c/writer by EKS Pod Identity without session tags through base role ${base}`,
    ),
  );
  finds(
    "what is asked of external IDs admits session tags as well",
    ids,
    ([first]) => (first!.Action = ["sts:AssumeRole", "sts:TagSession"]),
    /^the trust policy admits an association of cluster .* by EKS Pod Identity through base role \S+:role\/base where sts:externalid is ".*", and/,
  );
});

describe("a statement for others beside those for Pod Identity", function () {
  this.timeout(60_000);
  const claim = associationFleet(4, ["tags", "baseTags"]);
  const [, base] = BASE_ROLES as [string, string];
  const extra =
    (AWS: string, Condition: Written["Condition"] = {}) =>
    (statements: Written[]) =>
      statements.push({ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole", Condition });

  it("is let alone where its principal is said to be", async () => {
    for (const other of [BREAK_GLASS, "arn:aws:iam::999999999999:root", "999999999999"]) {
      const proof = await proveTrust(documentOf(spoilt(claim, extra(other))), {
        ...claim,
        otherPrincipals: [other],
      });
      assert.ok(proof.proved, proof.text);
    }
  });

  finds(
    "nobody is said to be let alone",
    claim,
    extra(BREAK_GLASS),
    admits(`${BREAK_GLASS}, which is no cluster's base role, without session tags`),
  );
  finds(
    "a base role stands in it",
    claim,
    extra(base),
    admits(
      `an association by EKS Pod Identity without session tags through base role ${base} with no external ID`,
    ),
    { otherPrincipals: [BREAK_GLASS] },
  );
  finds(
    "a base role's account stands in it, though its other principals are let alone",
    claim,
    extra("arn:aws:iam::333333333333:root"),
    admits(
      `an association by EKS Pod Identity without session tags through base role ${base} with no external ID`,
    ),
    { otherPrincipals: ["333333333333"] },
  );
  finds(
    "a condition on the principal's ARN reaches a base role",
    claim,
    extra("arn:aws:iam::333333333333:root", { ArnLike: { "aws:PrincipalArn": `${base}*` } }),
    admits(
      `an association by EKS Pod Identity without session tags through base role ${base} with no external ID`,
    ),
    { otherPrincipals: ["333333333333"] },
  );

  it("is let alone where a condition on the principal's ARN keeps base roles out", async () => {
    const only = { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::333333333333:role/admin-*" } };
    const statements = spoilt(claim, extra("arn:aws:iam::333333333333:root", only));
    const proof = await proveTrust(documentOf(statements), { ...claim, otherPrincipals: ["333333333333"] });
    assert.ok(proof.proved, proof.text);
  });
});
