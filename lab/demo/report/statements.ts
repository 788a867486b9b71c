import { trustPolicySize } from "../../../trust/size";
import { listOf, recordOf, textOf } from "./state";

/** A statement of the trust policy, and whose it is. */
export interface TrustStatementView {
  /** The clusters that it is of; none when it names another's provider, or none. */
  clusters: string[];
  /** Is it for EKS Pod Identity? */
  podIdentity: boolean;
  statement: unknown;
  /** What it takes of the limit, with the comma that parts it from the next. */
  cost: number;
}

/**
 * Takes a trust policy apart.
 * @param clusters their names, by the ARN of their OIDC provider and by their own.
 */
export function readTrustPolicy(
  policy: string,
  clusters: Map<string, string>,
): { version: string; statements: TrustStatementView[] } {
  const { Version: version, Statement: statement } = recordOf(JSON.parse(policy));
  const statements: unknown[] = Array.isArray(statement) ? listOf(statement) : [statement];
  return {
    version: textOf(version) ?? "",
    statements: statements.map((one) => ({
      clusters: arnsOf(one).flatMap((arn) => clusters.get(arn) ?? []),
      podIdentity: textOf(recordOf(recordOf(one).Principal).Service) === "pods.eks.amazonaws.com",
      statement: one,
      cost: trustPolicySize(JSON.stringify(one)) + 1,
    })),
  };
}

/** Condition keys by which Pod Identity tells clusters. */
const CLUSTER_KEYS = ["aws:RequestTag/eks-cluster-arn", "aws:SourceArn"];

/** ARNs of OIDC providers and clusters that a statement admits. */
function arnsOf(statement: unknown): string[] {
  const { Principal, Condition } = recordOf(statement);
  const { StringEquals } = recordOf(Condition);
  const values = [recordOf(Principal).Federated, ...CLUSTER_KEYS.map((key) => recordOf(StringEquals)[key])];
  return values.flatMap((value) => [...listOf(value), value]).flatMap((value) => textOf(value) ?? []);
}
