import { Accounts } from "./account";
import { s3Client } from "./clients";
import { KeyFinder } from "./discovery";
import { createNodeRole, registerClusters, type EksCluster } from "./eks";
import { startFront } from "./front";
import { iamClient } from "./iamClient";
import { PodIdentityStore } from "./podIdentity/store";
import { publicBuckets } from "./publicBuckets";
import { adminArn, startMoto, type MotoOptions } from "./moto";
import { Users } from "./users";
import type { LabAws } from "../types";

/** IAM's default for the length of a trust policy. */
const defaultTrustPolicyQuota = 2048;

export interface AwsOptions extends MotoOptions {
  /** The folder of the run. */
  directory: string;
  /** The clusters that EKS knows and whose tokens STS can verify. */
  clusters: EksCluster[];
  /** Most non-whitespace characters of a trust policy; 2,048 unless the account's quota is to be another. */
  trustPolicyQuota?: number;
}

/** A running account. */
export interface StartedAws {
  aws: LabAws;
  /** The role of the nodes of all clusters; absent where there are no clusters. */
  nodeRoleArn?: string;
  /** The users that may do everything, one in each account. */
  administratorArns: string[];
  close: () => Promise<void>;
}

/** Starts the lab's AWS account: moto, and the front that everybody talks to. */
export async function startAws(options: AwsOptions): Promise<StartedAws> {
  const moto = await startMoto(options);
  const admins = [moto.admin, ...moto.otherAdmins];
  const accounts = new Accounts(moto.url, admins);
  const s3 = s3Client({ endpointUrl: moto.url, ...moto.admin });
  try {
    const iam = iamClient({ endpointUrl: moto.url, ...moto.admin });
    await registerClusters(options.clusters, moto, iam);
    const nodeRoleArn = options.clusters.length > 0 ? await createNodeRole(iam) : undefined;
    const front = await startFront({
      moto,
      accounts,
      keys: new KeyFinder(options.clusters, publicBuckets(s3)),
      clusters: options.clusters,
      podIdentity: new PodIdentityStore(),
      users: new Users(),
      trustPolicyQuota: options.trustPolicyQuota ?? defaultTrustPolicyQuota,
    });
    return {
      aws: {
        endpointUrl: front.url,
        accountId: moto.admin.accountId,
        accessKeyId: moto.admin.accessKeyId,
        secretAccessKey: moto.admin.secretAccessKey,
        otherAccounts: moto.otherAdmins,
      },
      nodeRoleArn,
      administratorArns: admins.map(adminArn),
      async close() {
        await front.close();
        iam.destroy();
        accounts.close();
        s3.destroy();
        await moto.stop();
      },
    };
  } catch (error) {
    await moto.stop();
    throw error;
  }
}
