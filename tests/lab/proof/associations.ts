import type { Claim, ProofBinding, ProofPodIdentity } from "../../../lab/proof/prove";

/*
 * Claims about Pod Identity, and documents for them that are written here by hand: the package's builder is not asked.
 */

const ACCOUNT = "123456789012";
export const POD_IDENTITY = "pods.eks.amazonaws.com";
export const BASE_ROLES = ["arn:aws:iam::222222222222:role/base", "arn:aws:iam::333333333333:role/eks/base"];

/** How a cluster's associations come to the role. */
export type Way = "tags" | "noTags" | "baseTags" | "baseNoTags";
export const WAYS: Way[] = ["tags", "noTags", "baseTags", "baseNoTags"];

/** Who is bound where, in turn; the first and the last cluster of each five are bound alike. */
const BOUND: (readonly [namespace: string, name: string])[][] = [
  [["default", "s3-reader"]],
  [
    ["default", "s3-reader"],
    ["reports", "writer"],
    ["reports", "writer-2"],
  ],
  [
    ["team-a", "s3-reader"],
    ["team-b", "s3-reader"],
    ["team-c", "writer"],
  ],
  [
    ["default", "writer"],
    ["reports", "s3-reader"],
  ],
  [["default", "s3-reader"]],
];

export interface Written {
  Effect: string;
  Principal: string | Record<string, string | string[]>;
  Action: string | string[];
  Condition: Record<string, Record<string, string | string[]>>;
}

/** A claim of which each cluster has Pod Identity. */
export interface AssociationClaim extends Claim {
  clusters: { name: string; podIdentity: ProofPodIdentity }[];
}

/** So many clusters, whose associations come to the role in these ways, in turn. */
export function associationFleet(count: number, ways: Way[]): AssociationClaim {
  const clusters = Array.from({ length: count }, (_, index) => {
    const name = `cluster-${String(index).padStart(2, "0")}`;
    return { name, podIdentity: podIdentityOf(name, ways[index % ways.length] ?? "tags", index) };
  });
  const bindings = clusters.flatMap(({ name: cluster }, index) =>
    (BOUND[index % BOUND.length] ?? []).map(([namespace, name]) => ({ cluster, namespace, name })),
  );
  return { clusters, bindings };
}

function podIdentityOf(name: string, way: Way, index: number): ProofPodIdentity {
  const base = BASE_ROLES[index % 2] ?? "";
  const ofBase = way === "baseTags" || way === "baseNoTags";
  const account = ofBase ? base.replace(/\D/g, "") : ACCOUNT;
  return {
    clusterArn: `arn:aws:eks:${index % 3 === 0 ? "eu-west-1" : "us-east-1"}:${account}:cluster/eks-${name}`,
    ...(ofBase ? { baseRoleArn: base } : {}),
    ...(way === "noTags" || way === "baseNoTags" ? { disableSessionTags: true } : {}),
  };
}

/** The statements of a claim: equal clusters in one, and in it namespaces with equal names. */
export function statementsFor({ clusters, bindings }: AssociationClaim): Written[] {
  const boundIn = (name: string) => bindings.filter(({ cluster }) => cluster === name);
  const text = (list: ProofBinding[]) => JSON.stringify(list.map(({ namespace, name }) => [namespace, name]));
  const groups = grouped(
    clusters,
    ({ name, podIdentity: { baseRoleArn = "", disableSessionTags = false } }) =>
      JSON.stringify([baseRoleArn, disableSessionTags, disableSessionTags ? "" : text(boundIn(name))]),
  );
  return groups.flatMap((group) => {
    const { baseRoleArn, disableSessionTags = false } = group[0]!.podIdentity;
    const arns = group.map(({ podIdentity }) => podIdentity.clusterArn);
    const Principal: Written["Principal"] =
      baseRoleArn === undefined ? { Service: POD_IDENTITY } : { AWS: baseRoleArn };
    if (disableSessionTags) {
      const equal: Record<string, string[]> =
        baseRoleArn === undefined
          ? { "aws:SourceAccount": [ACCOUNT], "aws:SourceArn": arns }
          : {
              "sts:ExternalId": group.flatMap(({ name, podIdentity }) =>
                boundIn(name).map(idIn(podIdentity)),
              ),
            };
      return [allow(Principal, "sts:AssumeRole", equal)];
    }
    const own = boundIn(group[0]!.name);
    const namesIn = (namespace: string) =>
      own.filter((one) => one.namespace === namespace).map(({ name }) => name);
    const namespaces = [...new Set(own.map(({ namespace }) => namespace))];
    return grouped(namespaces, (namespace) => JSON.stringify(namesIn(namespace))).map((alike) =>
      allow(Principal, ["sts:AssumeRole", "sts:TagSession"], {
        "aws:RequestTag/eks-cluster-arn": arns,
        "aws:RequestTag/kubernetes-namespace": alike,
        "aws:RequestTag/kubernetes-service-account": namesIn(alike[0]!),
      }),
    );
  });
}

/** The external ID of an association. */
export function idIn({
  clusterArn,
}: ProofPodIdentity): (account: { namespace: string; name: string }) => string {
  const [, , , region, account, cluster] = clusterArn.split(":");
  return ({ namespace, name }) =>
    [region, account, cluster?.replace("cluster/", ""), namespace, name].join("/");
}

export function documentOf(statements: unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function allow(
  Principal: Written["Principal"],
  Action: Written["Action"],
  equal: Record<string, string[]>,
): Written {
  const StringEquals = Object.fromEntries(
    Object.entries(equal).map(([key, values]) => [key, values.length === 1 ? values[0]! : values]),
  );
  return { Effect: "Allow", Principal, Action, Condition: { StringEquals } };
}

function grouped<T>(list: T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  }
  return [...groups.values()];
}
