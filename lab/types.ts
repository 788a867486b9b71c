/** What the lab's parts know of each other. Everything here is plain data, so that it can be written to `lab.json`. */

/** One kube-apiserver that stands for an EKS cluster. */
export interface LabCluster {
  /** Name of the cluster, for people and for EKS DescribeCluster: `virginia-blue`. */
  name: string;
  /** AWS region it stands in. */
  region: string;
  /** The `iss` of its tokens, shaped like an EKS issuer. Nothing answers there: the STS front looks at `endpoint`. */
  issuerUrl: string;
  /** Where the API server, its discovery document and its JWKS really answer: `https://127.0.0.1:<port>`. */
  endpoint: string;
  /** The certificate that `endpoint` is checked against, PEM. */
  caCertificate: string;
  /** An admin's kubeconfig as text (JSON, which is YAML). */
  kubeconfig: string;
  /** The same kubeconfig as a file. */
  kubeconfigPath: string;
  /** The private key that signs ServiceAccount tokens, PEM file: only for tokens that a test must forge. */
  signingKeyPath: string;
  /**
   * Where its EKS Pod Identity agent gives credentials: `http://127.0.0.1:<port>/v1/credentials`, as pods have it in
   * AWS_CONTAINER_CREDENTIALS_FULL_URI. It answers while the cluster has the add-on `eks-pod-identity-agent`.
   */
  podIdentityUri: string;
  /** Its node, which runs pods as processes of this machine; absent in a cluster that runs none. */
  nodeName?: string;
}

/** An IAM user that may do everything in one account; enforcement is on for everybody. */
export interface LabAccount {
  accountId: string;
  /** `aws`, `aws-cn`, … */
  partition: string;
  /** A region of that partition: the one that a call is signed for says which partition is meant. */
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** The AWS account on this machine, by its administrator: moto behind the STS front. */
export interface LabAws extends Pick<LabAccount, "accountId" | "accessKeyId" | "secretAccessKey"> {
  /** The front's address, for `AWS_ENDPOINT_URL`. */
  endpointUrl: string;
  /** Accounts beside it, which have nothing in common with it, in its partition and in others. */
  otherAccounts: LabAccount[];
}

/** A running lab, as `lab.json` in its folder describes it. */
export interface LabDescription {
  /** Names the run; every process of the lab carries it as EKS_IRSA_LAB_RUN in its environment. */
  runId: string;
  /** The folder of this run: keys, kubeconfigs, logs, Pulumi state. */
  directory: string;
  supervisorPid: number;
  clusters: LabCluster[];
  /** A cluster nobody lists: its tokens must never be accepted. */
  stranger: LabCluster;
  aws: LabAws;
}

/** Programs the lab starts, by absolute path. */
export interface LabBinaries {
  /** Folder that holds `bin/pulumi`, as the Automation API wants it; undefined never. */
  pulumiRoot: string;
  etcd: string;
  kubeApiServer: string;
  kubeControllerManager: string;
  /** Python of the virtual environment that has moto and the `aws` command. */
  python: string;
  kubectl: string;
  /** Folder that holds the `aws` command and nothing else, for PATH. */
  awsFolder: string;
}
