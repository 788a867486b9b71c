import { oidcProviderArn, parseIssuer } from "../../../trust/issuer";
import { STS_AUDIENCE, type WebIdentityCluster } from "../../../trust/types";
import { subjectOf } from "../../../trust/subject";

/** Where a fleet's clusters are. */
export interface Place {
  partition: string;
  region: string;
}

export const US_EAST_1: Place = { partition: "aws", region: "us-east-1" };
export const READER = "system:serviceaccount:default:s3-reader";

const ACCOUNT = "123456789012";
const ID_LENGTH = 32;

/** So many clusters of one region, with issuers of EKS's length and each with the same subjects. */
export function fleetOf(count: number, place: Place, subjects: string[]): WebIdentityCluster[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `cluster-${String(index).padStart(4, "0")}`,
    oidcProviderArn: arnOf(index, place),
    subjects,
    oidcProviderClientIds: [STS_AUDIENCE],
  }));
}

function arnOf(index: number, { partition, region }: Place): string {
  const suffix = partition === "aws-cn" ? ".cn" : "";
  const id = index.toString(16).toUpperCase().padStart(ID_LENGTH, "0");
  const url = `https://oidc.eks.${region}.amazonaws.com${suffix}/id/${id}`;
  return oidcProviderArn(parseIssuer(url), { partition, accountId: ACCOUNT });
}

/** So many ServiceAccounts, all of them with names as long as that of `READER`. */
export function readers(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    subjectOf("default", `s3-rd-${String(index).padStart(3, "0")}`),
  );
}
