import type { LabAccount } from "../../types";
import type { Moto } from "../moto";
import { AwsError } from "../query";
import type { RawCall, RestCall } from "../rest";
import { signedHeaders } from "../sign";
import { callerOf, type Caller, type CallerParts } from "./callers";
import { clusterArn, eksArn, type ClusterPlace, type PodIdentityStore } from "./store";

/** What the calls of EKS for Pod Identity need. */
export interface PodIdentityParts extends CallerParts {
  podIdentity: PodIdentityStore;
}

/** The cluster that a call names, in the caller's account and in the region that he signed for, once IAM lets him do the action. */
export async function clusterOfCall(
  action: string,
  call: RestCall,
  parts: PodIdentityParts,
  raw: RawCall,
): Promise<ClusterPlace & { caller: Caller }> {
  const caller = callerOf(raw, parts);
  const { partition, accountId } = caller.admin;
  const place = { partition, accountId, region: call.region, name: call.path["cluster"] ?? "" };
  await caller.mustBeAllowed(`eks:${action}`, resourceOf(call, place, parts.podIdentity));
  return { ...(await findCluster(parts.moto, caller.admin, place.region, place.name)), caller };
}

/**
 * What an action of EKS is allowed on: the association or the add-on that it names, else the cluster.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerserviceforkubernetes.html
 */
function resourceOf({ path }: RestCall, place: ClusterPlace, podIdentity: PodIdentityStore): string {
  const { id, addon } = path;
  if (id !== undefined) return eksArn(place, `podidentityassociation/${place.name}/${id}`);
  if (addon === undefined) return clusterArn(place);
  const known = podIdentity.of(place).addons.get(addon);
  return known?.arn ?? eksArn(place, `addon/${place.name}/${addon}/`);
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
