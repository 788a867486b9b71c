import { Addon } from "@pulumi/aws/eks/addon";
import * as pulumi from "@pulumi/pulumi";
import type { TrustedPodIdentity } from "../trust/types";
import { claim } from "./claims";
import { formerly } from "./names";
import { builtInAgentProblem } from "./podIdentityClusters";
import { lateProblems } from "./problems";
import type { IrsaCluster } from "./types";

const AGENT = "eks-pod-identity-agent";

/** Installs the EKS Pod Identity Agent in a cluster that asks for it. */
export function makeAgent(
  name: string,
  cluster: IrsaCluster,
  way: pulumi.Output<TrustedPodIdentity>,
  context: {
    what: string;
    /** Property path of the cluster. */
    path: string;
    parent: pulumi.Resource;
    tags?: { [key: string]: pulumi.Input<string> };
  },
): Addon | undefined {
  if (cluster.installAgent !== true) {
    return undefined;
  }
  const { what, parent, tags } = context;
  const { clusterName = "", region = "", autoMode = false } = cluster;
  const propertyPath = `${context.path}.installAgent`;
  const arn = way.apply((known) => known.clusterArn);
  const owner = claim(`${region}/${clusterName}/${AGENT}`, arn, { what, propertyPath, resource: parent });
  const wanted = pulumi.all([arn, owner, autoMode]).apply(([clusterArn, other, builtIn]) => {
    const reason = builtInAgentProblem(builtIn) ?? (other && installedReason(other.what, clusterArn));
    if (reason !== undefined) {
      throw lateProblems(what, [{ propertyPath, reason }], parent);
    }
    return clusterName;
  });
  return new Addon(
    `${name}/${cluster.name}`,
    { clusterName: wanted, region, addonName: AGENT, ...(tags && { tags }) },
    { parent, aliases: formerly(cluster, (former) => `${name}/${former}`) },
  );
}

function installedReason(other: string, clusterArn: string): string {
  return `is set, and ${other} in this program installs the agent in ${clusterArn} already: leave it out here, and let this component depend on that one`;
}
