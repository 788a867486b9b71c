/** The parts of an EKS cluster's ARN. */
export interface ClusterArnParts {
  /** `aws`, `aws-cn`, … */
  partition: string;
  region: string;
  accountId: string;
  /** Name of the cluster in EKS. */
  clusterName: string;
}

/** What EKS takes as a cluster's name. */
export const EKS_CLUSTER_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;
const CLUSTER_ARN =
  /^arn:(?<partition>aws[a-z-]*):eks:(?<region>[a-z0-9-]+):(?<accountId>\d{12}):cluster\/(?<clusterName>[0-9A-Za-z][0-9A-Za-z_-]{0,99})$/;

/**
 * The ARN of an EKS cluster.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
 */
export function clusterArn({ partition, region, accountId, clusterName }: ClusterArnParts): string {
  return `arn:${partition}:eks:${region}:${accountId}:cluster/${clusterName}`;
}

/** Takes the ARN of an EKS cluster apart; undefined when it is none. */
export function parseClusterArn(arn: string): ClusterArnParts | undefined {
  const parts = CLUSTER_ARN.exec(arn)?.groups as ClusterArnParts | undefined;
  return parts && { ...parts };
}
