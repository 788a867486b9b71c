import { GetObjectAclCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ReadDocument } from "./discovery";

const ADDRESS = /^https:\/\/([a-z0-9][a-z0-9.-]*)\.s3\.[a-z0-9-]+\.amazonaws\.com\/(.+)$/;
const EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers";

/**
 * Reads the objects of moto's buckets that everybody may read, by the addresses that S3 gives them: what kOps does with the
 * discovery document of a cluster that it makes. STS has no credentials for anybody's bucket.
 * @see https://kops.sigs.k8s.io/cluster_spec/#service-account-issuer-discovery-and-aws-iam-roles-for-service-accounts-irsa
 */
export function publicBuckets(s3: S3Client): ReadDocument {
  return async (url) => {
    const [, Bucket, Key] = ADDRESS.exec(url) ?? [];
    if (Bucket === undefined || Key === undefined) throw new Error("nothing is published there");
    const { Grants = [] } = await s3.send(new GetObjectAclCommand({ Bucket, Key }));
    if (!Grants.some(({ Grantee, Permission }) => Grantee?.URI === EVERYBODY && Permission === "READ")) {
      throw new Error("not everybody may read it");
    }
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse((await Body?.transformToString()) ?? "") as Record<string, unknown>;
  };
}
