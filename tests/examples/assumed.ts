import { assumeWithWebIdentity } from "../../lab/aws/clients";
import { requestToken } from "../../lab/kubernetes/tokens";
import type { LabClusterName } from "../../lab/supervisor/client";
import type { Scope } from "../engine/lab";

/** What STS says to the token of a ServiceAccount of the scope's namespace that wants the role: `session`, or AWS's error. */
export async function askForRole(
  { lab, namespace }: Scope,
  roleArn: string,
  clusterName: LabClusterName,
  serviceAccount: string,
): Promise<string> {
  const cluster = lab.clusters.find(({ name }) => name === clusterName);
  if (cluster === undefined) throw new Error(`the lab has no cluster ${clusterName}`);
  const token = await requestToken(cluster, namespace, serviceAccount);
  const answer = await assumeWithWebIdentity(lab.aws, { roleArn, token, region: "us-east-1" });
  return answer.ok ? "session" : `${answer.code}: ${answer.message}`;
}
