import type { LabAws, LabCluster } from "../types";

/** What the process that plays the nodes of all clusters is started with: a JSON file, its only argument. */
export interface NodeSettings {
  /** Where it keeps the folders of pods; only this user may look into it. */
  directory: string;
  /** Folder that holds the `aws` command and nothing else: what is in the image `amazon/aws-cli`. */
  awsFolder: string;
  /** As the administrator: it gets the sessions of the nodes' role. */
  aws: LabAws;
  /** The role of every node, which pods without credentials of their own fall back on, as on EKS. */
  nodeRoleArn: string;
  nodes: NodeOfCluster[];
}

/** One node. */
export interface NodeOfCluster {
  name: string;
  cluster: Pick<LabCluster, "name" | "region" | "endpoint" | "caCertificate">;
  /** Who the node is to its API server: `system:node:<name>` in the group `system:nodes`. */
  nodeToken: string;
  /** Who binds pods to it: `system:kube-scheduler`. */
  schedulerToken: string;
  /** Where the API server finds the node, for logs and exec: HTTPS on 127.0.0.1. */
  kubelet: {
    port: number;
    /** The node's certificate for 127.0.0.1 and its private key, PEM. */
    certificate: string;
    privateKey: string;
    /** Signs the API server's client certificate; nobody else is answered. PEM. */
    clientCa: string;
  };
}
