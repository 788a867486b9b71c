import type { LabAccount } from "../../types";
import type { Moto } from "../moto";
import { AwsError } from "../query";
import type { RawCall, RestCall } from "../rest";
import { signerOf } from "../restSignature";
import { signedHeaders } from "../sign";
import type { ClusterPlace, PodIdentityStore } from "./store";

/** What the calls of EKS for Pod Identity need. */
export interface PodIdentityParts {
  moto: Moto;
  podIdentity: PodIdentityStore;
}

/** The cluster that an administrator's call names, in his account and in the region that he signed for. */
export async function clusterOfCall(
  call: RestCall,
  { moto }: PodIdentityParts,
  raw: RawCall,
): Promise<ClusterPlace> {
  const admin = signerOf(raw, [moto.admin, ...moto.otherAdmins]);
  return findCluster(moto, admin, call.region, call.path["cluster"] ?? "");
}

/** A cluster that EKS, which is moto's, has in an account and region; throws EKS's error where there is none. */
export async function findCluster(
  moto: Moto,
  admin: LabAccount,
  region: string,
  name: string,
): Promise<ClusterPlace> {
  const notFound = new AwsError("ResourceNotFoundException", `No cluster found for name: ${name}.`, 404);
  if (!/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/.test(name)) throw notFound;
  const url = `${moto.url}/clusters/${name}`;
  const call = { method: "GET", url, service: "eks", region, contentType: "application/json" } as const;
  const response = await fetch(url, { headers: signedHeaders({ ...call, body: "" }, admin) });
  const text = await response.text();
  if (response.status === 404) throw notFound;
  if (!response.ok) throw new Error(`moto described no cluster ${name}: ${response.status} ${text}`);
  return { partition: admin.partition, accountId: admin.accountId, region, name };
}
