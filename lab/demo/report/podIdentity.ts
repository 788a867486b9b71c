import { clusterArn, parseClusterArn } from "../../../trust/clusterArn";
import type { Box } from "./model";
import { textOf, type StackState, type StateResource } from "./state";

/** What a stack has of EKS Pod Identity in one cluster. */
export interface PodIdentityView {
  /** One for each ServiceAccount, by its name. */
  associations: Box[];
  /** The agent's add-on; undefined where others install it. */
  agent: Box | undefined;
  clusterArn: string | undefined;
  region: string | undefined;
}

/**
 * Finds what there is of a cluster; undefined when there is nothing.
 * @param prefix what the names of the cluster's resources begin with, `/` not included.
 */
export function podIdentityOf(
  { resources }: StackState,
  prefix: string,
  types: { association: string; addon: string },
): PodIdentityView | undefined {
  const associations = resources
    .filter(({ type, name }) => type === types.association && name.startsWith(`${prefix}/`))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const agent = resources.find(({ type, name }) => type === types.addon && name === prefix);
  if (associations.length === 0 && !agent) {
    return undefined;
  }
  const arn = associations.map(clusterOf).find((found) => found !== undefined);
  return {
    associations: associations.map(({ urn, name }) => ({ urn, name: name.slice(prefix.length + 1) })),
    agent: agent && { urn: agent.urn, name: textOf(agent.inputs.addonName) ?? agent.name },
    clusterArn: arn,
    region: arn === undefined ? undefined : parseClusterArn(arn)?.region,
  };
}

/** The cluster's ARN, by an association's: `arn:<partition>:eks:<region>:<account>:podidentityassociation/<cluster>/<id>`. */
function clusterOf({ outputs }: StateResource): string | undefined {
  const own = textOf(outputs.associationArn) ?? "";
  const [, partition = "", , region = "", accountId = "", resource = ""] = own.split(":");
  const [kind, clusterName = ""] = resource.split("/");
  return kind === "podidentityassociation"
    ? clusterArn({ partition, region, accountId, clusterName })
    : undefined;
}
