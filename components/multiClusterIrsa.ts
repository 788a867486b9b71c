import type { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { makeAgent } from "./agent";
import {
  isAssociated,
  makeAssociations,
  type AssociationContext,
  type Associations,
  type MadeAssociation,
} from "./association";
import { outputsOf, type ShardRole } from "./fleetOutputs";
import { makeServiceAccounts } from "./fleetServiceAccounts";
import { makeFleetTrust, type FleetRole, type FleetTrust } from "./fleetTrust";
import type { HelmServiceAccountValues } from "./helmValues";
import { withCheckedSettings } from "./lateSettings";
import { isPlain, throwProblems } from "./problems";
import type { PodIdentitySettings } from "./podIdentityTypes";
import type {
  IrsaCluster,
  RoleSettings,
  SamplePodSettings,
  ServiceAccountBinding,
  TrustSettings,
  VerificationJobSettings,
} from "./types";
import { transitionWarnings } from "./transitions";
import { findProblems } from "./validation";

/** Arguments of {@link MultiClusterIrsa}. */
export interface MultiClusterIrsaArgs {
  /** The clusters, each with the issuer of its ServiceAccounts' tokens. */
  clusters: IrsaCluster[];
  /** The ServiceAccounts that may assume the role; each is made, with its annotation, in each of its clusters. */
  serviceAccounts: ServiceAccountBinding[];
  /**
   * Managed policies of the role, each by a key of yours, such as `s3Read`. The key is the attachment's identity: keep
   * it with its policy. A policy moved to another key is attached anew and then detached with the old key. Default: none.
   */
  policyArns?: { [key: string]: pulumi.Input<string> };
  /** Inline policies of the role (JSON) by name. Default: none. */
  inlinePolicies?: { [name: string]: pulumi.Input<string> };
  /** Settings of the role. Default: each setting's own. */
  role?: RoleSettings;
  /** Settings of the trust policy. Default: each setting's own. */
  trust?: TrustSettings;
  /** Settings of the EKS Pod Identity associations, for clusters whose `identity` has them. Default: each setting's own. */
  podIdentity?: PodIdentitySettings;
  /** Makes a sample pod for each ServiceAccount in each of its clusters. Default: none. */
  samplePod?: SamplePodSettings;
  /**
   * Makes a Job for each ServiceAccount in each of its clusters that proves it once and ends. It heals itself where a pod was
   * admitted before its ServiceAccount's annotation was seen, since each of its retries is a new pod. Default: none.
   */
  verificationJob?: VerificationJobSettings;
  /** Tags of the role, the OIDC providers that are created, the associations and the agents. Default: none. */
  tags?: { [key: string]: pulumi.Input<string> };
}

/** Options of {@link MultiClusterIrsa}. */
export interface MultiClusterIrsaOptions extends pulumi.ComponentResourceOptions {
  /** A Kubernetes provider for each cluster, by the cluster's name. It goes before the cluster's `kubeconfig`. Default: none. */
  clusterProviders?: Record<string, KubernetesProvider>;
}

/**
 * AWS permissions for ServiceAccounts in many EKS clusters: one IAM OIDC provider for each cluster (created or adopted),
 * ONE role whose trust policy admits exactly the bound ServiceAccounts of those clusters, and the annotated
 * ServiceAccounts.
 *
 * The role and the providers are made in the account of the aws provider (`opts.provider`).
 *
 * @example
 * const irsa = new MultiClusterIrsa("app", {
 *   clusters: [fromClusterName("east", { region: "us-east-1" }), fromClusterName("west", { region: "us-west-2" })],
 *   serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
 *   policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
 * });
 * export const roleArn = irsa.roleArn;
 * @throws InputPropertiesError naming every fault of the arguments, before anything is created.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 */
export class MultiClusterIrsa extends pulumi.ComponentResource {
  /**
   * ARN of the role. With shards there is no such role: in TypeScript reading this throws an error that says what to read, and in other
   * languages there is nothing here. Read `roleArns` then.
   */
  public readonly roleArn!: pulumi.Output<string>;
  /** Physical name of the role. With shards: as `roleArn`. */
  public readonly roleName!: pulumi.Output<string>;
  /** ARN of the role that serves a cluster, by cluster name. */
  public readonly roleArns!: pulumi.Output<{ [cluster: string]: string }>;
  /** With shards, each shard's role. Empty otherwise. */
  public readonly shardRoles!: pulumi.Output<{ [shard: string]: ShardRole }>;
  /** ARNs of the OIDC providers, by cluster name. */
  public readonly oidcProviderArns!: pulumi.Output<{ [cluster: string]: string }>;
  /** The role's trust policy as JSON. With shards: as `roleArn`. */
  public readonly trustPolicyJson!: pulumi.Output<string>;
  /** Size of the trust policy as IAM counts it, in characters without white space. With shards: as `roleArn`. */
  public readonly trustPolicySize!: pulumi.Output<number>;
  /**
   * Values for a Helm chart as `helm create` makes it, by cluster name and then by `<namespace>/<name>`. The chart makes the
   * ServiceAccount where its binding's ownership is `None`, and only names it otherwise.
   *
   * @example
   * irsa.helmValues.apply((values) => writeFileSync("values-east.yaml", JSON.stringify(values["east"]?.["default/s3-reader"])));
   * // helm upgrade --install reader ./chart --kube-context east --values values-east.yaml
   */
  public readonly helmValues!: pulumi.Output<{
    [cluster: string]: { [serviceAccount: string]: HelmServiceAccountValues };
  }>;
  /** Ids of the EKS Pod Identity associations, by cluster name and then by `<namespace>/<name>`. */
  public readonly associationIds!: pulumi.Output<{ [cluster: string]: { [serviceAccount: string]: string } }>;
  /** The annotations that give the role to a ServiceAccount, for a Helm chart that makes its own. With shards: as `roleArn`. */
  public readonly serviceAccountAnnotations!: pulumi.Output<{ [key: string]: string }>;

  /**
   * Declares the role with all that belongs to it.
   *
   * @param name name of the component: part of the URNs of all that it makes.
   * @param args the clusters, the ServiceAccounts, and what they may do.
   * @param opts `provider` is the aws provider of the account in which the role is made; `clusterProviders` has the Kubernetes providers.
   */
  constructor(name: string, args: MultiClusterIrsaArgs, opts: MultiClusterIrsaOptions = {}) {
    const what = `MultiClusterIrsa "${name}"`;
    const { clusterProviders = {}, ...componentOpts } = opts;
    throwProblems(what, findProblems(args, opts));
    super("eks-irsa:index:MultiClusterIrsa", name, plainOf(args), componentOpts);
    const checked = withCheckedSettings(args, { what, resource: this });

    for (const warning of transitionWarnings(args)) {
      void pulumi.log.warn(`${what}: ${warning}`, this);
    }
    const fleet = makeFleetTrust(name, checked, { what, parent: this });
    const associations = new Map<string, Associations>();
    for (const fleetRole of fleet.roles) {
      for (const cluster of fleetRole.clusters) {
        const { name: clusterName, issuerUrl: given } = cluster;
        const issuerUrl = fleet.issuers.get(clusterName) ?? pulumi.output(given);
        // Pods that start at once find the role complete.
        const dependsOn = [fleetRole.role, ...fleetRole.policies];
        const context = { what, parent: this, issuerUrl, dependsOn };
        const toAssociate = podIdentityContext(name, checked, cluster, fleetRole, fleet, context);
        const associated: Associations = toAssociate
          ? makeAssociations(name, cluster, checked.serviceAccounts, toAssociate)
          : new Map<ServiceAccountBinding, MadeAssociation>();
        associations.set(clusterName, associated);
        makeServiceAccounts(name, checked, cluster, fleetRole.role.arn, {
          ...context,
          associations: associated,
          given: Object.hasOwn(clusterProviders, clusterName) ? clusterProviders[clusterName] : undefined,
        });
      }
    }

    const sharded = args.trust?.shards !== undefined;
    const outputs = outputsOf(fleet, args, { sharded, associations }, what);
    Object.defineProperties(this, Object.getOwnPropertyDescriptors(outputs));
    this.registerOutputs(recorded(outputs));
  }
}

/**
 * What is recorded in state as the component's outputs: not what has an entry for each ServiceAccount of each cluster and is in the state with
 * them. The file backend writes the whole state at every step.
 */
function recorded(outputs: pulumi.Inputs): pulumi.Inputs {
  const { associationIds: _, helmValues: __, ...others } = outputs;
  return others;
}

/** Makes a cluster's agent, and tells what its associations are made of; undefined: it has none here. */
function podIdentityContext(
  name: string,
  args: MultiClusterIrsaArgs,
  cluster: IrsaCluster,
  { role }: FleetRole,
  { ways, narrowing }: FleetTrust,
  context: {
    what: string;
    parent: pulumi.Resource;
    issuerUrl: pulumi.Output<string>;
    dependsOn: pulumi.Resource[];
  },
): AssociationContext | undefined {
  const { what, parent, dependsOn } = context;
  const { podIdentity: settings = {}, tags, serviceAccounts } = args;
  const way = ways.get(cluster.name);
  const path = `clusters[${args.clusters.indexOf(cluster)}]`;
  const agent = way && makeAgent(name, cluster, way, { what, path, parent, ...(tags && { tags }) });
  return way && isAssociated(cluster)
    ? {
        ...context,
        roleArn: role.arn,
        dependsOn: agent ? [...dependsOn, agent] : dependsOn,
        way,
        settings,
        ...(tags && { tags }),
        narrowing,
        pathOf: (binding) => `serviceAccounts[${serviceAccounts.indexOf(binding)}]`,
      }
    : undefined;
}

/**
 * What is recorded in state as the component's inputs: names, and what is known of the issuers. Kubeconfigs stay out,
 * and no late value holds up the component's registration.
 */
function plainOf(args: MultiClusterIrsaArgs): pulumi.Inputs {
  return {
    clusters: args.clusters.map(({ name, issuerUrl, identity, trusts }) => ({
      name,
      ...(isPlain(issuerUrl) && { issuerUrl }),
      ...(identity && { identity }),
      ...(trusts && { trusts }),
    })),
    serviceAccounts: args.serviceAccounts.map(
      ({ namespace, name, clusters, ownership, createNamespace }) => ({
        namespace,
        name,
        ...(clusters && { clusters }),
        ...(ownership && { ownership }),
        ...(createNamespace && { createNamespace }),
      }),
    ),
  };
}
