import type { Cluster } from "@aws-sdk/client-eks";
import type { Properties } from "../shared/server";

/**
 * A cluster's description as `aws:eks/getCluster:getCluster` gives it (internal/service/eks/cluster_data_source.go of
 * terraform-provider-aws). A block that EKS says nothing of is an empty list. Outposts and the settings of the control
 * plane's processes are left out.
 */
export function describeCluster(cluster: Cluster): Properties {
  return {
    ...identityOf(cluster),
    ...featuresOf(cluster),
    vpcConfig: networkOf(cluster),
  };
}

function identityOf(cluster: Cluster): Properties {
  const { kubernetesNetworkConfig: network } = cluster;
  return {
    arn: cluster.arn ?? "",
    certificateAuthorities: [{ data: cluster.certificateAuthority?.data ?? "" }],
    createdAt: cluster.createdAt?.toISOString() ?? "",
    endpoint: cluster.endpoint ?? "",
    identities: [{ oidcs: [{ issuer: cluster.identity?.oidc?.issuer ?? "" }] }],
    kubernetesNetworkConfigs: [
      { ipFamily: network?.ipFamily ?? "", serviceIpv4Cidr: network?.serviceIpv4Cidr ?? "" },
    ],
    platformVersion: cluster.platformVersion ?? "",
    roleArn: cluster.roleArn ?? "",
    status: cluster.status ?? "",
    tags: { ...cluster.tags },
    version: cluster.version ?? "",
  };
}

// `computeConfigs` tells a cluster in Auto Mode, which has the Pod Identity agent built in.
function featuresOf(cluster: Cluster): Properties {
  const { accessConfig, computeConfig, storageConfig, upgradePolicy, zonalShiftConfig } = cluster;
  return {
    accessConfigs: block(accessConfig, ({ authenticationMode, bootstrapClusterCreatorAdminPermissions }) => ({
      authenticationMode: authenticationMode ?? "",
      bootstrapClusterCreatorAdminPermissions: bootstrapClusterCreatorAdminPermissions ?? false,
    })),
    computeConfigs: block(computeConfig, ({ enabled, nodePools, nodeRoleArn }) => ({
      enabled: enabled ?? false,
      nodePools: nodePools ?? [],
      nodeRoleArn: nodeRoleArn ?? "",
    })),
    deletionProtection: cluster.deletionProtection ?? false,
    storageConfigs: block(storageConfig, ({ blockStorage }) => ({
      blockStorages: block(blockStorage, ({ enabled }) => ({ enabled: enabled ?? false })),
    })),
    upgradePolicies: block(upgradePolicy, ({ supportType }) => ({ supportType: supportType ?? "" })),
    zonalShiftConfigs: block(zonalShiftConfig, ({ enabled }) => ({ enabled: enabled ?? false })),
  };
}

function networkOf({ resourcesVpcConfig: vpc }: Cluster): Properties {
  return {
    clusterSecurityGroupId: vpc?.clusterSecurityGroupId ?? "",
    endpointPrivateAccess: vpc?.endpointPrivateAccess ?? false,
    endpointPublicAccess: vpc?.endpointPublicAccess ?? false,
    publicAccessCidrs: vpc?.publicAccessCidrs ?? [],
    securityGroupIds: vpc?.securityGroupIds ?? [],
    subnetIds: vpc?.subnetIds ?? [],
    vpcId: vpc?.vpcId ?? "",
  };
}

function block<T>(given: T | undefined, properties: (given: T) => Properties): Properties[] {
  return given === undefined ? [] : [properties(given)];
}
