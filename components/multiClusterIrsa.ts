import type { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { madeBindingsOf } from "./bindings";
import { outputsOf, type ShardRole } from "./fleetOutputs";
import { makeFleetTrust } from "./fleetTrust";
import type { HelmServiceAccountValues } from "./helmValues";
import { kubernetesProviderFor } from "./kubernetesProviders";
import { formerly } from "./names";
import { makeNamespaces } from "./namespaces";
import { isPlain, throwProblems } from "./problems";
import { makeServiceAccount } from "./serviceAccount";
import type {
  IrsaCluster,
  PodIdentitySettings,
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
   * it with its policy. A policy moved to another key is attached anew and then detached with the old key.
   */
  policyArns?: { [key: string]: pulumi.Input<string> };
  /** Inline policies of the role (JSON) by name. */
  inlinePolicies?: { [name: string]: pulumi.Input<string> };
  /** Settings of the role. */
  role?: RoleSettings;
  /** Settings of the trust policy. */
  trust?: TrustSettings;
  /** Settings of the EKS Pod Identity associations, for clusters whose `identity` has them. */
  podIdentity?: PodIdentitySettings;
  /** Makes a sample pod for each ServiceAccount in each of its clusters. Default: none. */
  samplePod?: SamplePodSettings;
  /**
   * Makes a Job for each ServiceAccount in each of its clusters that proves it once and ends. It heals itself where a pod was
   * admitted before its ServiceAccount's annotation was seen, since each of its retries is a new pod. Default: none.
   */
  verificationJob?: VerificationJobSettings;
  /** Tags of the role and of the OIDC providers that are created. */
  tags?: { [key: string]: pulumi.Input<string> };
}

/** Options of {@link MultiClusterIrsa}. */
export interface MultiClusterIrsaOptions extends pulumi.ComponentResourceOptions {
  /** A Kubernetes provider for each cluster, by the cluster's name. It goes before the cluster's `kubeconfig`. */
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
  /** ARN of the role. With shards there is no such role, and reading this throws an error that says what to read. */
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
  /** The annotations that give the role to a ServiceAccount, for a Helm chart that makes its own. With shards: as `roleArn`. */
  public readonly serviceAccountAnnotations!: pulumi.Output<{ [key: string]: string }>;

  constructor(name: string, args: MultiClusterIrsaArgs, opts: MultiClusterIrsaOptions = {}) {
    const what = `MultiClusterIrsa "${name}"`;
    const { clusterProviders = {}, ...componentOpts } = opts;
    throwProblems(what, findProblems(args, opts));
    super("eks-irsa:index:MultiClusterIrsa", name, plainOf(args), componentOpts);

    for (const warning of transitionWarnings(args)) {
      void pulumi.log.warn(`${what}: ${warning}`, this);
    }
    const { providers, roles } = makeFleetTrust(name, args, { what, parent: this });
    for (const { clusters, role, policies } of roles) {
      for (const cluster of clusters) {
        makeServiceAccounts(name, args, cluster, role.arn, {
          what,
          parent: this,
          issuerUrl: providers.get(cluster.name)?.issuerUrl ?? pulumi.output(cluster.issuerUrl),
          // Pods that start at once find the role complete.
          dependsOn: [role, ...policies],
          given: clusterProviders[cluster.name],
        });
      }
    }

    const { serviceAccounts } = args;
    const sharded = args.trust?.shards !== undefined;
    const outputs = outputsOf(providers, roles, { sharded, serviceAccounts }, what);
    Object.defineProperties(this, Object.getOwnPropertyDescriptors(outputs));
    this.registerOutputs(Object.fromEntries(Object.entries(outputs)));
  }
}

/** Everything of the fleet that stands in one cluster. */
function makeServiceAccounts(
  name: string,
  args: MultiClusterIrsaArgs,
  cluster: IrsaCluster,
  roleArn: pulumi.Output<string>,
  context: {
    what: string;
    parent: pulumi.Resource;
    /** The cluster's issuer, once nothing was found wrong with it. */
    issuerUrl: pulumi.Output<string>;
    dependsOn: pulumi.Resource[];
    given: KubernetesProvider | undefined;
  },
): void {
  const bindings = madeBindingsOf(cluster, args.serviceAccounts);
  if (bindings.length === 0) {
    return;
  }
  const { what, parent, issuerUrl, dependsOn, given } = context;
  const provider = kubernetesProviderFor(name, { ...cluster, issuerUrl }, given, parent);
  const pathOf = (binding: ServiceAccountBinding) =>
    `serviceAccounts[${args.serviceAccounts.indexOf(binding)}]`;
  const reached = { what, parent, ...(provider && { provider }) };
  const namespaces = makeNamespaces(name, { ...cluster, issuerUrl }, bindings, { ...reached, pathOf });
  for (const binding of bindings) {
    const under = (clusterName: string) => `${name}/${clusterName}/${binding.namespace}/${binding.name}`;
    const namespace = namespaces.get(binding.namespace);
    const opts = {
      parent,
      dependsOn: namespace ? [...dependsOn, namespace] : dependsOn,
      aliases: formerly(cluster, under),
      ...(provider && { provider }),
    };
    const where = { what, path: `${pathOf(binding)}.settings`, resource: parent };
    makeServiceAccount(under(cluster.name), binding, roleArn, args, opts, where);
  }
}

/**
 * What is recorded in state as the component's inputs: names, and what is known of the issuers. Kubeconfigs stay out,
 * and no late value holds up the component's registration.
 */
function plainOf(args: MultiClusterIrsaArgs): pulumi.Inputs {
  return {
    clusters: args.clusters.map(({ name, issuerUrl }) =>
      isPlain(issuerUrl) ? { name, issuerUrl } : { name },
    ),
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
