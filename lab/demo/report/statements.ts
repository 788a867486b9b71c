import { trustPolicySize } from "../../../trust/size";
import { listOf, recordOf, textOf } from "./state";

/** A statement of the trust policy, and whose it is. */
export interface TrustStatementView {
  /** Undefined when it names no provider, or another than one cluster's. */
  cluster: string | undefined;
  statement: unknown;
  /** What it takes of the limit, with the comma that parts it from the next. */
  cost: number;
}

/**
 * Takes a trust policy apart.
 * @param clusters by the ARN of their OIDC providers.
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
      cluster: clusters.get(textOf(recordOf(recordOf(one).Principal).Federated) ?? ""),
      statement: one,
      cost: trustPolicySize(JSON.stringify(one)) + 1,
    })),
  };
}
