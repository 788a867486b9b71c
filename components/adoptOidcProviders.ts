import * as pulumi from "@pulumi/pulumi";
import { parseOidcProviderArn, providerArnProblem } from "../trust/issuer";
import { shown } from "../trust/values";
import { hasIrsa, trustsOf } from "./identity";
import { isPlain } from "./problems";
import type { IrsaCluster } from "./types";

/** A cluster whose OIDC provider is made elsewhere, in this program or another. */
export type AdoptingCluster = Omit<IrsaCluster, "issuerUrl"> & {
  /** Default: the issuer of the provider that is adopted. */
  issuerUrl?: pulumi.Input<string>;
};

/**
 * Clusters that adopt the OIDC providers which another component made, in this program, another stack or another project. Whatever
 * the clusters say of creating providers is left to that component. A cluster of which the role accepts Pod Identity alone adopts
 * none: with its `issuerUrl` it needs no ARN.
 *
 * @param clusters the clusters as for `MultiClusterIrsa`; the issuer may be left out.
 * @param arns ARNs by cluster name: the output `oidcProviderArns` of `FleetOidcProviders` or `MultiClusterIrsa`.
 * @example
 * const fleet = new pulumi.StackReference("acme/fleet/prod");
 * new MultiClusterIrsa("app", {
 *   clusters: adoptOidcProviders([{ name: "east", kubeconfig }], fleet.requireOutput("oidcProviderArns")),
 *   serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
 * });
 * @throws RunError when a cluster that needs an ARN has none; it lists the names that have one.
 */
export function adoptOidcProviders(
  clusters: AdoptingCluster[],
  arns: pulumi.Input<{ [cluster: string]: pulumi.Input<string> }>,
): IrsaCluster[] {
  return clusters.map(({ importOidcProvider: _, thumbprints: __, ...cluster }) => {
    const { issuerUrl } = cluster;
    const adopts = hasIrsa(trustsOf(cluster));
    if (!adopts && issuerUrl !== undefined) return { ...cluster, issuerUrl };
    const oidcProviderArn =
      pulumi.Output.isInstance(arns) || arns instanceof Promise
        ? pulumi.output(arns).apply((known) => arnOf(cluster.name, known))
        : arnOf(cluster.name, arns);
    return {
      ...cluster,
      issuerUrl: issuerUrl ?? issuerOf(cluster.name, oidcProviderArn),
      ...(adopts && { oidcProviderArn }),
    };
  });
}

function arnOf<T>(name: string, arns: { [cluster: string]: T }): T {
  // Another stack's output may be anything.
  if (typeof arns !== "object" || (arns as unknown) === null || Array.isArray(arns)) {
    throw new pulumi.RunError(
      `adoptOidcProviders: the ARNs are ${shown(arns)}: pass a map of them by cluster name, such as the output oidcProviderArns of FleetOidcProviders`,
    );
  }
  const arn = Object.hasOwn(arns, name) ? arns[name] : undefined;
  if (arn === undefined) {
    const names = Object.keys(arns).map(shown).join(", ");
    throw new pulumi.RunError(
      `adoptOidcProviders: there is no ARN for cluster ${shown(name)} (there are ${names || "none"}): add the cluster where the providers are made, or name it as it is named there`,
    );
  }
  return arn;
}

function issuerOf(name: string, arn: pulumi.Input<string>): pulumi.Input<string> {
  return isPlain(arn) ? issuerIn(name, arn) : pulumi.output(arn).apply((known) => issuerIn(name, known));
}

// Another stack may have given anything for an ARN.
function issuerIn(name: string, arn: unknown): string {
  const parsed = typeof arn === "string" ? parseOidcProviderArn(arn) : undefined;
  if (parsed === undefined) {
    throw new pulumi.RunError(
      `adoptOidcProviders: what there is for cluster ${shown(name)} ${providerArnProblem(typeof arn === "string" ? arn : shown(arn)) ?? ""}`,
    );
  }
  return `https://${parsed.hostPath}`;
}
