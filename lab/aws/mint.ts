import type { LabAccount } from "../types";
import type { Moto } from "./moto";
import { textOfXml } from "./query";
import { signedHeaders } from "./sign";

/** A session that is allowed already. */
export interface SessionRequest {
  roleArn: string;
  roleSessionName: string;
  durationSeconds: number;
}

/** A session of a role, as moto made it. */
export interface MintedSession {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** ISO 8601. */
  expiration: string;
  /** Of the session: `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  arn: string;
}

/**
 * Has moto make a session, as the administrator of the ROLE's account. By AssumeRoleWithWebIdentity, whoever the session is
 * for: of that call alone moto does not judge the trust policy, of which it knows too little; the front has judged it.
 */
export async function mintSession(
  request: SessionRequest,
  moto: Moto,
  admin: LabAccount,
): Promise<MintedSession> {
  const body = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    DurationSeconds: String(request.durationSeconds),
    WebIdentityToken: "verified",
  }).toString();
  const contentType = "application/x-www-form-urlencoded; charset=utf-8";
  // moto takes the partition from the region of the signature.
  const call = { method: "POST", service: "sts", region: admin.region, contentType, body } as const;
  const headers = signedHeaders({ ...call, url: `${moto.url}/` }, admin);
  const response = await fetch(`${moto.url}/`, { method: "POST", headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`moto minted no session: ${response.status} ${text}`);
  const read = (name: string) => {
    const value = textOfXml(text, name);
    if (!value) throw new Error(`moto's session has no ${name}`);
    return value;
  };
  return {
    accessKeyId: read("AccessKeyId"),
    secretAccessKey: read("SecretAccessKey"),
    sessionToken: read("SessionToken"),
    expiration: read("Expiration"),
    arn: read("Arn"),
  };
}
