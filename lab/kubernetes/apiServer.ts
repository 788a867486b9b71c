import type { ChildProcess } from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Children } from "../supervisor/children";
import type { LabCluster } from "../types";
import { type ClusterSpec, issuerUrlOf } from "./clusters";
import { createSigningKeys } from "./keys";
import type { EtcdAddress } from "./etcd";
import { adminKubeconfig } from "./kubeconfig";

/** The files of a cluster, made before its API server starts. */
export interface ClusterFiles {
  directory: string;
  signingKey: string;
  verificationKey: string;
  tokens: string;
  adminToken: string;
  certificates: string;
}

/** What an API server is started with. */
export interface ApiServerOptions {
  binary: string;
  spec: ClusterSpec;
  files: ClusterFiles;
  port: number;
  etcd: EtcdAddress;
  children: Children;
}

/** An API server whose certificate is known; it may not be ready yet. */
export interface StartedApiServer {
  cluster: LabCluster;
  child: ChildProcess;
  /** Its name among the lab's children. */
  childName: string;
}

/** Makes the keys and the administrator's token of a cluster. */
export async function createClusterFiles(directory: string): Promise<ClusterFiles> {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files: ClusterFiles = {
    directory,
    signingKey: path.join(directory, "signing-key.pem"),
    verificationKey: path.join(directory, "verification-key.pem"),
    tokens: path.join(directory, "tokens.csv"),
    adminToken: crypto.randomBytes(24).toString("base64url"),
    certificates: path.join(directory, "certificates"),
  };
  const keys = await createSigningKeys();
  fs.writeFileSync(files.signingKey, keys.privateKey, { mode: 0o600 });
  fs.writeFileSync(files.verificationKey, keys.publicKey);
  fs.writeFileSync(files.tokens, `${files.adminToken},admin,admin,system:masters\n`, { mode: 0o600 });
  return files;
}

function apiServerFlags(options: ApiServerOptions): string[] {
  const { spec, files, port, etcd } = options;
  return [
    `--etcd-servers=${etcd.url}`,
    `--etcd-prefix=${etcd.prefix}/${spec.name}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1", // otherwise it looks for a default route, and ends where there is none
    `--secure-port=${port}`,
    `--cert-dir=${files.certificates}`,
    "--authorization-mode=RBAC",
    `--token-auth-file=${files.tokens}`,
    `--service-account-issuer=${issuerUrlOf(spec)}`,
    `--service-account-key-file=${files.verificationKey}`,
    `--service-account-signing-key-file=${files.signingKey}`,
    `--service-account-jwks-uri=https://127.0.0.1:${port}/openid/v1/jwks`,
    `--api-audiences=${issuerUrlOf(spec)}`,
    "--service-cluster-ip-range=10.100.0.0/16", // as EKS does by default
    // What only a cluster with nodes or many users has a use for.
    "--endpoint-reconciler-type=none",
    "--enable-priority-and-fairness=false",
    "--profiling=false",
  ];
}

/**
 * Starts an API server and waits until it has signed its certificate. It makes a CA and a certificate for 127.0.0.1
 * by itself, both in one file, so none has to be made here.
 */
export async function startApiServer(options: ApiServerOptions): Promise<StartedApiServer> {
  const { spec, files, port, children } = options;
  const childName = `kube-apiserver-${spec.name}`;
  // A third of its usual memory less, for a third of a second of CPU.
  const child = children.spawn(childName, options.binary, apiServerFlags(options), { GOGC: "30" });
  const certificate = path.join(files.certificates, "apiserver.crt");
  await children.waitFor(childName, child, () => Promise.resolve(hasWholeCertificates(certificate)));

  const endpoint = `https://127.0.0.1:${port}`;
  const caCertificate = fs.readFileSync(certificate, "utf8");
  const kubeconfig = adminKubeconfig(spec.name, endpoint, caCertificate, files.adminToken);
  const kubeconfigPath = path.join(files.directory, "kubeconfig.json");
  fs.writeFileSync(kubeconfigPath, kubeconfig, { mode: 0o600 });
  const { name, region } = spec;
  const issuerUrl = issuerUrlOf(spec);
  const signingKeyPath = files.signingKey;
  const cluster = {
    name,
    region,
    issuerUrl,
    endpoint,
    caCertificate,
    kubeconfig,
    kubeconfigPath,
    signingKeyPath,
  };
  return { cluster, child, childName };
}

function hasWholeCertificates(file: string): boolean {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  return text.split("-----END CERTIFICATE-----").length > 2; // its own and the CA's
}
