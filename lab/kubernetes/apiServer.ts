import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Children } from "../supervisor/children";
import type { LabCluster } from "../types";
import { type ClusterSpec, issuerUrlOf } from "./clusters";
import type { ClusterFiles } from "./clusterFiles";
import type { EtcdAddress } from "./etcd";
import { adminKubeconfig } from "./kubeconfig";

/** What an API server is started with. */
export interface ApiServerOptions {
  binary: string;
  spec: ClusterSpec;
  files: ClusterFiles;
  port: number;
  etcd: EtcdAddress;
  children: Children;
  /** Who knows the users that have no token in the file, in the form of a kubeconfig. */
  authenticator: string;
  /** Where the cluster's EKS Pod Identity agent gives credentials. */
  podIdentityUri: string;
}

/** An API server that may not be ready yet. */
export interface StartedApiServer {
  cluster: LabCluster;
  files: ClusterFiles;
  child: ChildProcess;
  /** Its name among the lab's children. */
  childName: string;
}

/** The name of a cluster's API server among the lab's children. */
export function apiServerName(cluster: string): string {
  return `kube-apiserver-${cluster}`;
}

const AUTHENTICATOR_FILE = "authenticator.json";

function apiServerFlags(options: ApiServerOptions): string[] {
  const { spec, files, port, etcd } = options;
  return [
    `--etcd-servers=${etcd.url}`,
    `--etcd-prefix=${etcd.prefix}/${spec.name}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1", // otherwise it looks for a default route, and ends where there is none
    `--secure-port=${port}`,
    `--tls-cert-file=${files.certificate}`,
    `--tls-private-key-file=${files.certificateKey}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    `--token-auth-file=${files.tokens}`,
    `--authentication-token-webhook-config-file=${path.join(files.directory, AUTHENTICATOR_FILE)}`,
    "--authentication-token-webhook-version=v1",
    `--kubelet-certificate-authority=${files.ca}`,
    `--kubelet-client-certificate=${files.kubeletClient}`,
    `--kubelet-client-key=${files.kubeletClientKey}`,
    "--kubelet-preferred-address-types=InternalIP",
    `--service-account-issuer=${issuerUrlOf(spec)}`,
    `--service-account-key-file=${files.verificationKey}`,
    `--service-account-signing-key-file=${files.signingKey}`,
    `--service-account-jwks-uri=https://127.0.0.1:${port}/openid/v1/jwks`,
    `--api-audiences=${issuerUrlOf(spec)}`,
    "--service-account-max-token-expiration=24h", // "max for EKS", says its webhook
    "--service-cluster-ip-range=10.100.0.0/16", // as EKS does by default
    // What only a cluster with many users has a use for.
    "--endpoint-reconciler-type=none",
    "--enable-priority-and-fairness=false",
    "--profiling=false",
  ];
}

/** Starts an API server. */
export function startApiServer(options: ApiServerOptions): StartedApiServer {
  const { spec, files, port, children } = options;
  const authenticatorFile = path.join(files.directory, AUTHENTICATOR_FILE);
  fs.writeFileSync(authenticatorFile, options.authenticator, { mode: 0o600 });
  const childName = apiServerName(spec.name);
  // Go's own default, whatever this process was given. With 30 it is 160 MB instead of 215, and starts with half as much processor
  // time again.
  const child = children.spawn(childName, options.binary, apiServerFlags(options), { GOGC: "100" });

  const endpoint = `https://127.0.0.1:${port}`;
  const caCertificate = files.authority.certificate;
  const kubeconfig = adminKubeconfig(spec.name, endpoint, caCertificate, files.adminToken);
  const kubeconfigPath = path.join(files.directory, "kubeconfig.json");
  fs.writeFileSync(kubeconfigPath, kubeconfig, { mode: 0o600 });
  const cluster = {
    name: spec.name,
    region: spec.region,
    issuerUrl: issuerUrlOf(spec),
    endpoint,
    caCertificate,
    kubeconfig,
    kubeconfigPath,
    signingKeyPath: files.signingKey,
    podIdentityUri: options.podIdentityUri,
  };
  return { cluster, files, child, childName };
}
