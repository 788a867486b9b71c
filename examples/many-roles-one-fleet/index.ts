import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
// In a project of your own: from "eks-irsa".
import { adoptOidcProviders, FleetOidcProviders, fromClusterName, MultiClusterIrsa } from "../../index";

interface ListedCluster {
  name: string;
  clusterName: string;
  region: string;
}

/** A ServiceAccount, and what its role may do. */
interface Workload {
  namespace: string;
  serviceAccount: string;
  policyArns: { [key: string]: string };
}

const config = new pulumi.Config();
const clusters = config
  .requireObject<ListedCluster[]>("clusters")
  .map(({ name, clusterName, region }) => fromClusterName(name, { clusterName, region }));

const fleet = new FleetOidcProviders("fleet", { clusters });

// All roles use the same connections to the clusters.
const clusterProviders = Object.fromEntries(
  clusters.map(({ name, kubeconfig, issuerUrl }) => [
    name,
    new Provider(name, { kubeconfig, clusterIdentifier: issuerUrl }),
  ]),
);
// The kubeconfigs are the providers' now.
const adopting = adoptOidcProviders(
  clusters.map(({ kubeconfig: _, ...cluster }) => cluster),
  fleet.oidcProviderArns,
);

const workloads = config.requireObject<{ [name: string]: Workload }>("workloads");
const roles = Object.entries(workloads).map(([name, { namespace, serviceAccount, policyArns }]) => {
  const irsa = new MultiClusterIrsa(
    name,
    { clusters: adopting, serviceAccounts: [{ namespace, name: serviceAccount }], policyArns },
    { clusterProviders },
  );
  return [name, irsa.roleArn] as const;
});

export const roleArns = Object.fromEntries(roles);
// For the stacks of other teams.
export const oidcProviderArns = fleet.oidcProviderArns;
