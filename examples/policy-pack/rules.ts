// In a project of your own: from "eks-irsa".
import { evaluateTrust, trustPolicySize } from "../../index";
import { clusterWideRemark, podIdentityFaults, trustsPods } from "./podIdentity";
import { conditionsOf, federatedOf, isEntry, sameKey, statementsOf, type Entry } from "./statements";

/** What the rules can be told by the pack's configuration. */
export interface TrustRules {
  /** The account's limit for a trust policy, in characters without white space. */
  maxSize: number;
  /** Subjects, namespaces and other values with `*` or `?` that are meant, each exactly as it stands in documents. */
  allowedPatterns: string[];
  /** Issuers of clusters that EKS does not run, without `https://`. EKS's own are known. */
  issuers: string[];
}

export const DEFAULTS: TrustRules = { maxSize: 2048, allowedPatterns: [], issuers: [] };

/** A ServiceAccount that no document binds: whoever admits it admits everybody of the cluster. */
const NOBODY = "system:serviceaccount:nobody-7f3d2c91:nobody-e08b46a5";

/**
 * Says what is wrong with a role's trust policy, a sentence for each fault with what to do. Roles that trust neither
 * a cluster's OIDC provider nor EKS Pod Identity have none. What cannot be read is a fault, for nobody can say whom it admits.
 *
 * @param document as the role has it: JSON text or parsed; undefined as long as it is not known.
 */
export function trustFaults(document: unknown, rules: TrustRules = DEFAULTS): string[] {
  if (document === undefined) {
    return [];
  }
  const statements = statementsOf(document);
  if (!statements) {
    return ["the trust policy cannot be read: write a JSON document with Version and Statement"];
  }
  const faults = statements.flatMap((statement, index) =>
    [...statementFaults(statement, rules), ...podIdentityFaults(statement, statements, rules)].map(
      (fault) => `statement ${index} ${fault}`,
    ),
  );
  return trustsCluster(statements, rules) ? [...faults, ...sizeFaults(document, rules)] : faults;
}

/** Says which statements take every association of a cluster, since session tags are off: no faults, and good to know. */
export function clusterWideRemarks(document: unknown): string[] {
  return (statementsOf(document) ?? []).flatMap((statement, index) =>
    clusterWideRemark(statement).map((remark) => `statement ${index} ${remark}`),
  );
}

/** Each statement must name its subjects itself: what another one denies may be changed without looking at this. */
function statementFaults(statement: unknown, rules: TrustRules): string[] {
  const federated = federatedOf(statement);
  if (!isEntry(statement) || !federated) {
    return ["cannot be read: write Effect, a Principal, Action and Condition as IAM's grammar has them"];
  }
  if (statement.Effect === "Deny") {
    return [];
  }
  const unclear = federated
    .filter((name) => name === "*" || (name.includes("oidc-provider") && hostPathOf(name) === undefined))
    .map((name) => `trusts "${name}", which is no OIDC provider's ARN: write the ARN of one`);
  const faults = federated
    .filter((arn) => isCluster(arn, rules))
    .flatMap((arn) => [...subjectFaults(statement, arn), ...patternFaults(statement, arn, rules)]);
  return [...unclear, ...faults];
}

/** Nobody's token must not pass, whatever the statement is made of. */
function subjectFaults(statement: Entry, arn: string): string[] {
  const key = subjectKey(arn);
  const document = { Version: "2012-10-17", Statement: [statement] };
  const { decision, reason } = evaluateTrust(document, { oidcProviderArn: arn, subject: NOBODY });
  if (decision === "deny") {
    return [];
  }
  if (decision === "indeterminate") {
    return [
      `cannot be judged (${reason.replace("statement 0: ", "")}): compare ${key} by StringEquals or StringLike with the subjects that are meant`,
    ];
  }
  const conditions = conditionsOf(statement);
  if (conditions.some((condition) => sameKey(condition.key, key))) {
    return [`admits any ServiceAccount of the cluster by its condition on ${key}: name the subjects`];
  }
  const optional = conditions.some(
    (condition) => /ifexists$/i.test(condition.operator) && /:sub$/i.test(condition.key),
  );
  return [
    optional
      ? `admits any ServiceAccount of the cluster, for it has no ${key} and what stands under IfExists holds for a token that has not got the key: give that provider a statement of its own with StringEquals on ${key}, or add the key`
      : `admits any ServiceAccount of the cluster, for it has no condition on ${key}: add StringEquals with the subjects, such as system:serviceaccount:<namespace>:<name>`,
  ];
}

function patternFaults(statement: Entry, arn: string, { allowedPatterns }: TrustRules): string[] {
  const key = subjectKey(arn);
  return conditionsOf(statement)
    .filter((condition) => sameKey(condition.key, key) && /like/i.test(condition.operator))
    .flatMap(({ values }) => values)
    .filter((value) => /[*?]/.test(value) && !allowedPatterns.includes(value))
    .map(
      (value) =>
        `admits every ServiceAccount like "${value}": name each one, or have the pattern added to allowedPatterns in the policy pack's configuration`,
    );
}

function sizeFaults(document: unknown, { maxSize }: TrustRules): string[] {
  const size = trustPolicySize(typeof document === "string" ? document : JSON.stringify(document));
  return size <= maxSize
    ? []
    : [
        `the trust policy takes ${size} characters without white space and the limit is ${maxSize}: trust fewer clusters, split the role, or have the quota L-C07B4B0D raised and maxSize with it`,
      ];
}

function trustsCluster(statements: unknown[], rules: TrustRules): boolean {
  return statements.some(
    (statement) =>
      trustsPods(statement) || (federatedOf(statement) ?? []).some((arn) => isCluster(arn, rules)),
  );
}

function isCluster(arn: string, { issuers }: TrustRules): boolean {
  const hostPath = hostPathOf(arn);
  return hostPath !== undefined && (/^oidc[.-]eks\./.test(hostPath) || issuers.includes(hostPath));
}

function hostPathOf(arn: string): string | undefined {
  return /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/([a-z0-9][^\s*?]*)$/.exec(arn)?.[1];
}

function subjectKey(arn: string): string {
  return `${hostPathOf(arn) ?? ""}:sub`;
}
