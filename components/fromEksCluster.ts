import * as pulumi from "@pulumi/pulumi";
import { hasIrsa, trustsOf } from "./identity";
import type { IrsaCluster } from "./types";

/** What is needed of an `eks.Cluster` of `@pulumi/eks`, which is never loaded for it. */
export interface EksClusterOutputs {
  /** Issuer URL with https://. */
  oidcProviderUrl: pulumi.Input<string>;
  /** ARN of the OIDC provider that the cluster's component made; empty when it made none. */
  oidcProviderArn: pulumi.Input<string>;
  /** Kubeconfig as JSON. */
  kubeconfigJson: pulumi.Input<string>;
}

/**
 * Options of {@link fromEksCluster}, and what the list is to say of the cluster: `identity`, `shard`, `retired` and whatever else an
 * entry of the list has.
 */
export interface FromEksClusterOptions extends Partial<
  Omit<IrsaCluster, "name" | "issuerUrl" | "kubeconfig" | "oidcProviderArn">
> {
  /**
   * true: have the OIDC provider created with the role, for a cluster whose own `createOidcProvider` is off.
   * Default: false, which adopts the provider that the `eks.Cluster` made.
   */
  createOidcProvider?: boolean;
  /** Name of the cluster in EKS: plain text, such as the `name` that the `eks.Cluster` was given. Default: not known. */
  clusterName?: string;
}

/**
 * A cluster of the list, from an `eks.Cluster` of `@pulumi/eks`.
 *
 * @param name name of the cluster in the list: plain text, since it is part of URNs.
 * @param cluster the `eks.Cluster`, or what has its outputs.
 * @param options what the list is to say of the cluster beside that.
 * @example
 * const east = new eks.Cluster("east", { createOidcProvider: true });
 * new MultiClusterIrsa("app", {
 *   clusters: [fromEksCluster("east", east)],
 *   serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
 * });
 * @throws Error when the provider is to be adopted and the cluster made none; it says which of two switches to set.
 * @see https://www.pulumi.com/registry/packages/eks/api-docs/cluster/
 */
export function fromEksCluster(
  name: string,
  cluster: EksClusterOutputs,
  options: FromEksClusterOptions = {},
): IrsaCluster {
  const { createOidcProvider = false, ...others } = options;
  const base = {
    ...others,
    name,
    issuerUrl: cluster.oidcProviderUrl,
    kubeconfig: cluster.kubeconfigJson,
  };
  if (createOidcProvider || !hasIrsa(trustsOf(options))) {
    return base;
  }
  const oidcProviderArn = pulumi.output(cluster.oidcProviderArn).apply((arn: string | undefined) => {
    if (arn === undefined || arn === "") {
      throw new pulumi.RunError(
        `fromEksCluster("${name}"): the eks.Cluster made no OIDC provider to adopt. Set one of two switches: ` +
          "createOidcProvider: true on the eks.Cluster, which then owns the provider; or " +
          `fromEksCluster("${name}", cluster, { createOidcProvider: true }), which has it created with the role`,
      );
    }
    return arn;
  });
  return { ...base, oidcProviderArn };
}
