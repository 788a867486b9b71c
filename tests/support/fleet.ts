import { oidcProviderArn, parseIssuer } from "../../trust/issuer";
import type { WebIdentityCluster } from "../../trust/types";
import { ACCOUNT } from "./mockCloud";

/** The issuer URL of an EKS cluster whose id is this character, 32 times. */
export function eksIssuer(character: string, region = "us-east-1"): string {
  const suffix = region.startsWith("cn-") ? ".cn" : "";
  return `https://oidc.eks.${region}.amazonaws.com${suffix}/id/${character.repeat(32)}`;
}

/** The ARN of an issuer's provider in the tests' account. */
export function providerArn(issuerUrl: string, partition = "aws"): string {
  return oidcProviderArn(parseIssuer(issuerUrl), { partition, accountId: ACCOUNT });
}

/** So many clusters of one region, with ids of EKS's length. */
export function trustedFleet(
  count: number,
  { region = "us-east-1", partition = "aws", subjects = ["system:serviceaccount:default:s3-reader"] } = {},
): WebIdentityCluster[] {
  const suffix = partition === "aws-cn" ? ".cn" : "";
  return Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(2, "0");
    return {
      name: `cluster-${number}`,
      oidcProviderArn: `arn:${partition}:iam::${ACCOUNT}:oidc-provider/oidc.eks.${region}.amazonaws.com${suffix}/id/${"ABCDEF0123456789".repeat(2).slice(2)}${number}`,
      subjects,
    };
  });
}
