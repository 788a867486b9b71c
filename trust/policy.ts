import { parseOidcProviderArn } from "./issuer";
import { parseSubject } from "./subject";
import { compareText } from "./values";

/** The one audience of IRSA, the same in every partition. */
export const STS_AUDIENCE = "sts.amazonaws.com";
export const WEB_IDENTITY_ACTION = "sts:AssumeRoleWithWebIdentity";

/** How the trust policy is written. */
export enum TrustPolicyForm {
  /** One statement for each OIDC provider, with `StringEquals` on subject and audience: a slip denies. */
  StatementPerCluster = "StatementPerCluster",
}

/** One cluster as the trust policy sees it. */
export interface TrustedCluster {
  /** Orders the statements, and names the cluster in errors. */
  name: string;
  /** ARN of the cluster's OIDC provider, in the role's account. Condition keys are derived from it, never typed. */
  oidcProviderArn: string;
  /** `system:serviceaccount:<namespace>:<name>`, one or more. */
  subjects: string[];
}

export interface TrustStatement {
  Effect: "Allow";
  Principal: { Federated: string };
  Action: string;
  Condition: { StringEquals: Record<string, string | string[]> };
}

/** A role's trust policy (its assume-role policy document). */
export interface TrustPolicy {
  Version: "2012-10-17";
  Statement: TrustStatement[];
}

/**
 * Builds the trust policy that admits the given subjects of the given clusters, and nobody else.
 *
 * Statements are in the order of the clusters' names and subjects in alphabetical order, so that adding a cluster
 * changes nothing but its own statement.
 *
 * @example
 * buildTrustPolicy([{ name: "east", oidcProviderArn: arn, subjects: ["system:serviceaccount:default:s3-reader"] }]);
 * @throws Error when there is no cluster, two share a name or a provider, an ARN is not an OIDC provider's, or a subject
 * is not exactly one ServiceAccount's: each would make a document that admits somebody else, or nobody.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 */
export function buildTrustPolicy(clusters: TrustedCluster[]): TrustPolicy {
  const ordered = [...clusters].sort((a, b) => compareText(a.name, b.name));
  refuseUnsafe(ordered);
  return { Version: "2012-10-17", Statement: ordered.map(statementOf) };
}

function statementOf(cluster: TrustedCluster): TrustStatement {
  const { hostPath } = providerOf(cluster);
  const subjects = [...new Set(cluster.subjects)].sort(compareText);
  return {
    Effect: "Allow",
    Principal: { Federated: cluster.oidcProviderArn },
    Action: WEB_IDENTITY_ACTION,
    Condition: {
      StringEquals: {
        [`${hostPath}:aud`]: STS_AUDIENCE,
        // eksctl and others read a single subject only as a string.
        [`${hostPath}:sub`]: subjects.length === 1 ? String(subjects[0]) : subjects,
      },
    },
  };
}

function refuseUnsafe(clusters: TrustedCluster[]): void {
  if (clusters.length === 0) {
    throw new Error("a trust policy needs at least one cluster with at least one subject");
  }
  const names = new Set<string>();
  const providers = new Set<string>();
  for (const cluster of clusters) {
    const { hostPath } = providerOf(cluster);
    if (names.has(cluster.name)) {
      throw new Error(`two clusters are named "${cluster.name}"`);
    }
    if (providers.has(hostPath)) {
      throw new Error(`cluster "${cluster.name}" has the issuer of another cluster: https://${hostPath}`);
    }
    names.add(cluster.name);
    providers.add(hostPath);
    refuseSubjects(cluster);
  }
}

function refuseSubjects(cluster: TrustedCluster): void {
  if (cluster.subjects.length === 0) {
    throw new Error(`cluster "${cluster.name}" has no subject: leave it out of the trust policy`);
  }
  for (const subject of cluster.subjects) {
    if (!parseSubject(subject) || /[*?\s$]/.test(subject)) {
      throw new Error(`cluster "${cluster.name}": "${subject}" is not the subject of one ServiceAccount`);
    }
  }
}

function providerOf(cluster: TrustedCluster): { hostPath: string } {
  const provider = parseOidcProviderArn(cluster.oidcProviderArn);
  if (!provider) {
    throw new Error(
      `cluster "${cluster.name}": not the ARN of an OIDC provider: "${cluster.oidcProviderArn}"`,
    );
  }
  return provider;
}
