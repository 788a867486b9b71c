import { KubernetesClient } from "./client";
import { activeCluster, activeContext, activeUser, parseKubeconfig, type Overrides } from "./kubeconfig";
import type { Settings } from "./settings";

/** A cluster that answers, or why it does not. */
export type Connection = { client: KubernetesClient } | { unreachable: string };

/** What Configure finds out. */
export interface Connected {
  connection: Connection;
  /** Where objects go that name no namespace. */
  defaultNamespace: string;
}

/**
 * Connects to the cluster of the kubeconfig. A cluster that does not answer is no error yet: previews go on without it.
 * Configure in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 * loads the server's schema to see whether it answers; the list of its core kinds is a hundredth of that, and needs
 * the same right.
 */
export async function connect(settings: Settings): Promise<Connected> {
  const overrides: Overrides = {
    ...(settings.context === undefined ? {} : { context: settings.context }),
    ...(settings.cluster === undefined ? {} : { cluster: settings.cluster }),
  };
  let config;
  try {
    config = parseKubeconfig(settings.kubeconfig);
  } catch (error) {
    const unreachable = `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`- ${reasonOf(error)}`;
    return { connection: { unreachable }, defaultNamespace: settings.namespace ?? "" };
  }

  const inContext = activeContext(config, overrides)?.namespace;
  const contextNamespace = typeof inContext === "string" && inContext !== "" ? inContext : "default";
  const defaultNamespace = settings.namespace ?? contextNamespace;
  const cluster = activeCluster(config, overrides);
  if (cluster === undefined) {
    const context = overrides.context ?? config.currentContext ?? "";
    const unreachable =
      "unable to load Kubernetes client configuration from kubeconfig file. Make sure you have: \n\n" +
      " \t • set up the provider as per https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/ \n\n" +
      ` context "${context}" does not exist, or its cluster does not`;
    return { connection: { unreachable }, defaultNamespace };
  }

  try {
    const client = new KubernetesClient(cluster, activeUser(config, overrides));
    await client.request({ path: "/api/v1" });
    return { connection: { client }, defaultNamespace };
  } catch (error) {
    const unreachable = `unable to load schema information from the API server: ${reasonOf(error)}`;
    return { connection: { unreachable }, defaultNamespace };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
