import fc from "fast-check";

/** Parts of good arguments. The same few names come again and again, so that they are often one another's beginnings and ends. */
const word = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 });
export const namespace = fc.oneof(word, fc.constantFrom("default", "kube-system", "team-a"));
export const accountName = fc.oneof(word, fc.constantFrom("default", "s3-reader", "app.v1"));
export const clusterName = fc
  .string({ unit: fc.constantFrom("a", "B", "1", "-", "_"), minLength: 1, maxLength: 4 })
  .map((tail) => `c${tail}`);
const starred = fc.constantFrom("*", "a*", "*a", "a*b", "team-*", "**");
export const namespacePattern = fc.oneof(namespace, starred);
export const namePattern = fc.oneof(accountName, starred);

const host = fc.constantFrom(
  "oidc.eks.us-east-1.amazonaws.com",
  "oidc.eks.ap-northeast-2.amazonaws.com",
  "oidc.eks.us-gov-west-1.amazonaws.com",
  "oidc.eks.cn-northwest-1.amazonaws.com.cn",
);
const HEX = Array.from("0123456789ABCDEF");
const id = fc.string({ unit: fc.constantFrom(...HEX), minLength: 32, maxLength: 32 });

/** An issuer without `https://`; now and then one that EKS does not host, whose path may differ from another's in case alone. */
export const hostPath = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(host, id).map(([where, last]) => `${where}/id/${last}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("example.com", "example.com/A", "example.com/a", "example.com/A/b"),
  },
);

export function providerArn(issuer: string): string {
  const partition = issuer.includes(".cn/") ? "aws-cn" : issuer.includes("us-gov") ? "aws-us-gov" : "aws";
  return `arn:${partition}:iam::123456789012:oidc-provider/${issuer}`;
}

export const form = fc.constantFrom("StatementPerCluster", "SubjectOnly", "SingleStatement", "Auto");

const vpcs = fc.array(fc.constantFrom("vpc-1", "vpc-2", "vpc-*"), { minLength: 1, maxLength: 3 });

/** Extra conditions that can be asked for. */
export const conditions = fc.dictionary(
  fc.constantFrom(
    "StringEquals",
    "StringLike",
    "StringNotEquals",
    "StringEqualsIfExists",
    "ForAnyValue:StringEquals",
  ),
  fc.dictionary(fc.constantFrom("aws:SourceVpc", "aws:SourceVpce", "sts:RoleSessionName"), vpcs, {
    minKeys: 1,
    maxKeys: 2,
    noNullPrototype: true,
  }),
  { maxKeys: 2, noNullPrototype: true },
);

/** The same of Pod Identity's calls; some keys are wrong for one kind of them. */
export const podIdentityConditions = fc.dictionary(
  fc.constantFrom("StringEquals", "StringLike", "StringNotEqualsIfExists"),
  fc.dictionary(
    fc.constantFrom("aws:RequestTag/eks-cluster-name", "aws:SourceOrgID", "aws:PrincipalOrgID", "aws:Region"),
    fc.constantFrom(["a"], ["a", "b"]),
    { minKeys: 1, maxKeys: 2, noNullPrototype: true },
  ),
  { maxKeys: 1, noNullPrototype: true },
);

/** How a cluster comes by Pod Identity: directly, or by a base role, with session tags or without. */
export const podIdentity = fc
  .record({
    region: fc.constantFrom("us-east-1", "eu-west-1"),
    eksName: fc.constantFrom("a", "b", "B", "a-b", "c_1"),
    base: fc.constantFrom(undefined, undefined, "base", "path/other"),
    accountId: fc.constantFrom("123456789012", "210987654321"),
    tags: fc.constantFrom(undefined, undefined, false, true),
  })
  .map(({ region, eksName, base, accountId, tags }) => {
    const account = base === undefined ? "123456789012" : accountId;
    return {
      clusterArn: `arn:aws:eks:${region}:${account}:cluster/${eksName}`,
      ...(base !== undefined && { baseRoleArn: `arn:aws:iam::${account}:role/${base}` }),
      ...(tags !== undefined && { disableSessionTags: tags }),
    };
  });

/** Statements for principals of IAM. */
export const statements = fc.array(
  fc.record(
    {
      sid: fc.constantFrom("BreakGlass", "Two"),
      awsPrincipals: fc.array(
        fc.constantFrom("arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/break-glass"),
        { minLength: 1, maxLength: 2 },
      ),
      actions: fc.constantFrom(["sts:AssumeRole"], ["sts:AssumeRole", "sts:TagSession"]),
      conditions,
    },
    { requiredKeys: ["awsPrincipals"], noNullPrototype: true },
  ),
  { maxLength: 2 },
);
