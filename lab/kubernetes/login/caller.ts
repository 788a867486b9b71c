import * as http from "node:http";
import { CLUSTER_HEADER, TokenRefused } from "./token";

/** Whom STS took a caller for. */
export interface Caller {
  arn: string;
  account: string;
  userId: string;
}

const TIMEOUT_MS = 10_000;

/** Makes the presigned call with the cluster's name in its header, as the signer must have had it. */
export async function callerOf(url: URL, clusterName: string): Promise<Caller> {
  const { status, body } = await get(url, { [CLUSTER_HEADER]: clusterName, accept: "application/json" });
  if (status !== 200) {
    throw new TokenRefused(`STS answered ${status}`);
  }
  const answer = JSON.parse(body) as {
    GetCallerIdentityResponse?: {
      GetCallerIdentityResult?: { Arn?: string; Account?: string; UserId?: string };
    };
  };
  const { Arn, Account, UserId } = answer.GetCallerIdentityResponse?.GetCallerIdentityResult ?? {};
  if (!Arn || !Account || !UserId) {
    throw new TokenRefused("STS named no caller");
  }
  return { arn: Arn, account: Account, userId: UserId };
}

/** A redirect is not followed: it would lead away from STS. */
function get(url: URL, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false, timeout: TIMEOUT_MS }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body += text));
      response.once("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    request.once("timeout", () => request.destroy(new Error("STS does not answer")));
    request.once("error", reject);
  });
}
