import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createSigningKeys } from "./keys";
import { CertificateAuthority } from "./pki";

/** What a cluster has before its API server starts; paths of files, unless told otherwise. */
export interface ClusterFiles {
  directory: string;
  signingKey: string;
  verificationKey: string;
  /** Who has which token. */
  tokens: string;
  /** The API server's own. */
  certificate: string;
  certificateKey: string;
  /** As whom the API server goes to the node. */
  kubeletClient: string;
  kubeletClientKey: string;
  /** The CA's certificate. */
  ca: string;
  /** The CA itself, which signs what else the cluster needs. */
  authority: CertificateAuthority;
  /** The tokens themselves. */
  adminToken: string;
  nodeToken: string;
  schedulerToken: string;
}

/** The node of a cluster. */
export function nodeNameOf(clusterName: string): string {
  return `node-${clusterName}`;
}

/** Names by which an API server is known inside its cluster. */
const serviceNames = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];

/** Makes the keys, certificates and tokens of a cluster. */
export async function createClusterFiles(directory: string, clusterName: string): Promise<ClusterFiles> {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const authority = await CertificateAuthority.create(`${clusterName}-ca`);
  const [keys, server, client] = await Promise.all([
    createSigningKeys(),
    authority.forServer("kube-apiserver", serviceNames),
    authority.forClient("kube-apiserver-kubelet-client", "system:masters"),
  ]);
  const write = (name: string, text: string): string => {
    const file = path.join(directory, name);
    fs.writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const [adminToken, nodeToken, schedulerToken] = [newToken(), newToken(), newToken()];
  const node = nodeNameOf(clusterName);
  const tokens = [
    `${adminToken},admin,admin,system:masters`,
    `${nodeToken},system:node:${node},${node},system:nodes`,
    `${schedulerToken},system:kube-scheduler,system:kube-scheduler`,
  ];
  return {
    directory,
    signingKey: write("signing-key.pem", keys.privateKey),
    verificationKey: write("verification-key.pem", keys.publicKey),
    tokens: write("tokens.csv", `${tokens.join("\n")}\n`),
    certificate: write("apiserver.pem", server.certificate),
    certificateKey: write("apiserver-key.pem", server.privateKey),
    kubeletClient: write("kubelet-client.pem", client.certificate),
    kubeletClientKey: write("kubelet-client-key.pem", client.privateKey),
    ca: write("ca.pem", authority.certificate),
    authority,
    adminToken,
    nodeToken,
    schedulerToken,
  };
}

function newToken(): string {
  return crypto.randomBytes(24).toString("base64url");
}
