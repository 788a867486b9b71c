import { oneOrMany } from "./extras";
import { providerOf } from "./trusted";
import {
  STS_AUDIENCE,
  WEB_IDENTITY_ACTION,
  type TrustStatement,
  type WebIdentityCluster,
  type WrittenForm,
} from "./types";
import { compareText, stringsOf } from "./values";

type Conditions = { [operator: string]: { [key: string]: string | string[] } };

/** The generated statements of each form; clusters in their order, and nothing wrong with them. */
export const FORMS: { [form in WrittenForm]: (clusters: WebIdentityCluster[]) => TrustStatement[] } = {
  StatementPerCluster: (clusters) =>
    clusters.map((cluster) => {
      const { operator, key, values } = subjectCondition(cluster);
      const audience = { [`${providerOf(cluster).hostPath}:aud`]: STS_AUDIENCE };
      return statement(
        cluster.oidcProviderArn,
        operator === "StringEquals"
          ? { StringEquals: { ...audience, [key]: values } }
          : { StringEquals: audience, [operator]: { [key]: values } },
      );
    }),
  SubjectOnly: (clusters) =>
    clusters.map((cluster) => {
      const { operator, key, values } = subjectCondition(cluster);
      return statement(cluster.oidcProviderArn, { [operator]: { [key]: values } });
    }),
  SingleStatement: (clusters) => {
    // A statement of nobody would be one that names no principal.
    if (clusters.length === 0) return [];
    const conditions: Conditions = {};
    for (const cluster of clusters) {
      const { operator, key, values } = subjectCondition(cluster);
      (conditions[`${operator}IfExists`] ??= {})[key] = values;
    }
    return [statement(oneOrMany(clusters.map(({ oidcProviderArn }) => oidcProviderArn)), conditions)];
  },
};

function statement(federated: string | string[], conditions: Conditions): TrustStatement {
  return {
    Effect: "Allow",
    Principal: { Federated: federated },
    Action: WEB_IDENTITY_ACTION,
    Condition: conditions,
  };
}

/**
 * Who is admitted of one issuer. Two operators on one key would be ANDed and match nobody, so with one pattern all subjects
 * stand under StringLike, for which a name without `*` is itself.
 */
function subjectCondition(cluster: WebIdentityCluster): {
  operator: "StringEquals" | "StringLike";
  key: string;
  values: string | string[];
} {
  const { subjects, subjectPatterns = [] } = cluster;
  return {
    operator: subjectPatterns.length > 0 ? "StringLike" : "StringEquals",
    key: `${providerOf(cluster).hostPath}:sub`,
    values: oneOrMany([...new Set([...subjects, ...subjectPatterns])].sort(compareText)),
  };
}

/**
 * Reads the single statement back before anybody gets it: a provider without its own key, or with an empty one, would
 * admit every ServiceAccount of its cluster, and so would a principal of another kind, which has none of the keys.
 */
export function refuseUnlessOneToOne(statements: TrustStatement[], clusters: WebIdentityCluster[]): void {
  const [only] = statements;
  const principal = only?.Principal ?? {};
  const federated = stringsOf(principal.Federated);
  if (statements.length !== 1 || !only || !federated || Object.keys(principal).length !== 1) {
    throw new Error("the single statement is to have OIDC providers as its only principals: it is not used");
  }
  const keys = Object.values(only.Condition ?? {}).flatMap((entries) => Object.entries(entries));
  // Key names are compared without regard to case, as IAM does.
  const names = keys.map(([key]) => key.toLowerCase());
  const wanted = clusters.map((cluster) => `${providerOf(cluster).hostPath}:sub`.toLowerCase());
  const providers = clusters.map(({ oidcProviderArn }) => oidcProviderArn);
  const oneToOne =
    new Set(names).size === names.length && sameTexts(names, wanted) && sameTexts(federated, providers);
  const empty = keys.find(([, values]) => (stringsOf(values) ?? []).length === 0);
  const operators = Object.keys(only.Condition ?? {});
  const optional = operators.every(
    (name) => name === "StringEqualsIfExists" || name === "StringLikeIfExists",
  );
  if (!oneToOne || empty || !optional) {
    throw new Error(
      "in the single statement each OIDC provider must have exactly one condition on its own subject, and it has not: it is not used",
    );
  }
}

/** Whether two lists have the same members, each as often, in whatever order. */
function sameTexts(some: string[], others: string[]): boolean {
  return [...some].sort(compareText).join("\n") === [...others].sort(compareText).join("\n");
}
