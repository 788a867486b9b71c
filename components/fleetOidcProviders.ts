import * as pulumi from "@pulumi/pulumi";
import { unknownKeyProblems } from "./knownKeys";
import { modeProblems } from "./podIdentityClusters";
import { arnsOf, makeOidcProviders } from "./oidcProviders";
import { isPlain, throwProblems, type Problem } from "./problems";
import { unownedTagProblems } from "./providerValidation";
import { roleAccount } from "./roleAccount";
import { checkShapes, untold } from "./shapes";
import { tagProblems } from "./tagValidation";
import { clusterProblems } from "./validation";

/** One cluster whose OIDC provider is made. */
export interface OidcProviderCluster {
  /** Name of the cluster, unique in the list, and the key of its ARN. See `formerNames` before changing it. */
  name: string;
  /** The cluster's OIDC issuer URL, byte for byte: `https://oidc.eks.<region>.amazonaws.com/id/<id>`. */
  issuerUrl: pulumi.Input<string>;
  /** ARN of a provider that exists for this issuer, to adopt: used, never changed or deleted. Default: create one. */
  oidcProviderArn?: pulumi.Input<string>;
  /** The client ID list of the provider that is adopted; another one that IAM has is an error. Default: not known. */
  oidcProviderClientIds?: string[];
  /**
   * Takes the provider that `oidcProviderArn` (plain text then) names into this stack's ownership. One `up` takes it over without a
   * change; then leave both out. Default: false.
   */
  importOidcProvider?: boolean;
  /** Names this cluster had before: with them a rename replaces nothing. Default: none. */
  formerNames?: string[];
  /** SHA-1 thumbprints; only for issuers whose certificate no public CA signed. Default: none. */
  thumbprints?: string[];
}

/** Arguments of {@link FleetOidcProviders}. */
export interface FleetOidcProvidersArgs {
  /** The clusters, each with the issuer of its ServiceAccounts' tokens. */
  clusters: OidcProviderCluster[];
  /** Tags of the providers that are created. Default: none. */
  tags?: { [key: string]: pulumi.Input<string> };
}

/**
 * The IAM OIDC providers of a fleet by themselves, for roles of several components, stacks or projects, which adopt them: an
 * account has one provider for each issuer.
 *
 * @example
 * const clusters = [{ name: "east", issuerUrl, kubeconfig }];
 * const fleet = new FleetOidcProviders("fleet", { clusters });
 * const reports = new MultiClusterIrsa("reports", {
 *   clusters: adoptOidcProviders(clusters, fleet.oidcProviderArns),
 *   serviceAccounts: [{ namespace: "reports", name: "reader" }],
 * });
 * @throws InputPropertiesError naming every fault of the arguments, before anything is created.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export class FleetOidcProviders extends pulumi.ComponentResource {
  /** ARNs of the OIDC providers, by cluster name: what `adoptOidcProviders` takes, and `oidcProviderArn` of a cluster in other languages. */
  public readonly oidcProviderArns: pulumi.Output<{ [cluster: string]: string }>;

  /**
   * Declares the providers.
   *
   * @param name name of the component: part of the URNs of all that it makes.
   * @param args the clusters.
   * @param opts `provider` is the aws provider of the account in which the roles are.
   */
  constructor(name: string, args: FleetOidcProvidersArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `FleetOidcProviders "${name}"`;
    throwProblems(what, findProviderProblems(args));
    super("eks-irsa:index:FleetOidcProviders", name, plainOf(args), opts);
    const { providers } = makeOidcProviders(name, args, roleAccount(this), { what, parent: this });
    this.oidcProviderArns = arnsOf(providers);
    this.registerOutputs({ oidcProviderArns: this.oidcProviderArns });
  }
}

function findProviderProblems(args: FleetOidcProvidersArgs): Problem[] {
  const { problems, usable } = checkShapes(args);
  const clusters = Array.isArray(usable.clusters) ? usable.clusters : [];
  const found = [
    ...clusterProblems(usable.clusters),
    ...clusters.flatMap((cluster, index) => modeProblems(cluster, `clusters[${index}]`)),
    ...unownedTagProblems(clusters, usable.tags),
    ...tagProblems(usable.tags),
  ];
  return [...problems, ...unknownKeyProblems(args, "FleetOidcProviders"), ...untold(found, problems)];
}

/** What is recorded in state as the component's inputs. */
function plainOf({ clusters }: FleetOidcProvidersArgs): pulumi.Inputs {
  return {
    clusters: clusters.map(({ name, issuerUrl }) => (isPlain(issuerUrl) ? { name, issuerUrl } : { name })),
  };
}
