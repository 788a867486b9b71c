import { buildTrustPolicy } from "../../../trust/policy";
import { trustPolicySize } from "../../../trust/size";
import { TrustPolicyForm, type TrustedCluster } from "../../../trust/types";
import type { BenchTable } from "../lines";
import { fleetOf, READER, readers, US_EAST_1, type Place } from "./fleet";
import { PEERS } from "./peers";

export const LIMITS = [2048, 4096, 8192];

/** The forms that a document can be written in; `Auto` only chooses among them. */
export const FORMS = [
  TrustPolicyForm.StatementPerCluster,
  TrustPolicyForm.SubjectOnly,
  TrustPolicyForm.SingleStatement,
] as const;

/** Clusters of one kind, of which as many as possible are to share a role. */
export interface Kind {
  name: string;
  place: Place;
  subjects: string[];
}

export const KINDS: Kind[] = [
  { name: "us-east-1", place: US_EAST_1, subjects: [READER] },
  { name: "us-east-1, 3 ServiceAccounts", place: US_EAST_1, subjects: readers(3) },
  { name: "ap-northeast-2", place: { partition: "aws", region: "ap-northeast-2" }, subjects: [READER] },
  { name: "us-gov-west-1", place: { partition: "aws-us-gov", region: "us-gov-west-1" }, subjects: [READER] },
  { name: "cn-northwest-1", place: { partition: "aws-cn", region: "cn-northwest-1" }, subjects: [READER] },
];

type Document = (clusters: TrustedCluster[]) => object;

/** How many clusters a role takes at each limit, found by building the document for one more until it is too long. */
export function clustersPerRole(document: Document, { place, subjects }: Kind): number[] {
  return LIMITS.map((limit) => {
    let count = 0;
    while (trustPolicySize(document(fleetOf(count + 1, place, subjects))) <= limit) {
      count++;
    }
    return count;
  });
}

/** Clusters per role: ours by form, and others by the shape of their documents. */
export function capacityTable(): BenchTable {
  const ours = FORMS.map((form) => ({
    name: `eks-irsa, ${form}`,
    takes: () => true,
    document: (clusters: TrustedCluster[]) => buildTrustPolicy(clusters, { form }),
  }));
  const theirs = PEERS.map(({ name, document, takesSeveralSubjects, takesSeveralClusters }) => ({
    name: takesSeveralClusters ? name : `${name} (*)`,
    takes: ({ subjects }: Kind) => takesSeveralSubjects || subjects.length === 1,
    document,
  }));
  const rows = [...ours, ...theirs].map(({ name, takes, document }) => [
    name,
    ...KINDS.map((kind) => (takes(kind) ? clustersPerRole(document, kind).join(" / ") : "-")),
  ]);
  return {
    title: `Clusters per role at ${LIMITS.map((limit) => limit.toLocaleString("en-US")).join(" / ")} characters`,
    columns: ["", ...KINDS.map(({ name }) => name)],
    rows,
  };
}

export const CAPACITY_NOTES = [
  "(*) makes a role for one cluster and one ServiceAccount only: the figure is what a role takes when the statement is repeated by hand.",
  ...PEERS.map(({ name, source }) => `${name}: ${source}`),
];
