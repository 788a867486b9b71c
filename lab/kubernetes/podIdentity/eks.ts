import { agentAddon } from "../../aws/podIdentity/addons";
import { signedHeaders } from "../../aws/sign";
import type { LabAws, LabCluster } from "../../types";

/** A cluster as EKS knows it. */
export type EksName = Pick<LabCluster, "name" | "region">;

// In these states of an add-on there is no pod of it to answer.
const absent = ["CREATING", "CREATE_FAILED", "DELETING"];

/** Longer than any answer takes here; the agent of AWS gives up after a second. */
const TIMEOUT = 10_000;

/** Credentials of a pod, as EKS Auth gives them. */
export interface PodCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  accountId: string;
  /** Milliseconds since 1970. */
  expires: number;
}

/** EKS or EKS Auth refused. */
export class EksRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string,
  ) {
    super(message);
  }
}

interface AssumedRole {
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: number };
  assumedRoleUser: { arn: string };
}

/**
 * What the parts of the clusters ask of EKS. They are there before AWS is; until then EKS knows of nothing. The calls are
 * the administrator's: on EKS the agent's are its node's, by the policy AmazonEKSWorkerNodePolicy.
 */
export class Eks {
  #aws: LabAws | undefined;

  /** From now on EKS can be asked. */
  open(aws: LabAws): void {
    this.#aws = aws;
  }

  /**
   * Whether pods of a ServiceAccount get container credentials.
   * Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_ListPodIdentityAssociations.html
   */
  async hasAssociation(cluster: EksName, namespace: string, serviceAccount: string): Promise<boolean> {
    const query = new URLSearchParams({ namespace, serviceAccount });
    const answer = await this.look(cluster, `pod-identity-associations?${query.toString()}`);
    return ((answer?.associations as unknown[] | undefined) ?? []).length > 0;
  }

  /** Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddon.html */
  async hasAgent(cluster: EksName): Promise<boolean> {
    const answer = await this.look(cluster, `addons/${agentAddon}`);
    const addon = answer?.addon as { status?: string } | undefined;
    return addon?.status !== undefined && !absent.includes(addon.status);
  }

  /** Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html */
  async assumeRoleForPodIdentity(cluster: EksName, token: string): Promise<PodCredentials> {
    const answer = await this.call(cluster, "eks-auth", "assume-role-for-pod-identity", { token });
    const { credentials, assumedRoleUser } = answer as unknown as AssumedRole;
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
    const [, , , , accountId = ""] = assumedRoleUser.arn.split(":");
    return { accessKeyId, secretAccessKey, sessionToken, accountId, expires: expiration * 1_000 };
  }

  /** What EKS has; undefined where there is no such thing. */
  private async look(cluster: EksName, path: string): Promise<Record<string, unknown> | undefined> {
    if (!this.#aws) return undefined;
    try {
      return await this.call(cluster, "eks", path);
    } catch (error) {
      if (error instanceof EksRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  private async call(
    { name, region }: EksName,
    service: "eks" | "eks-auth",
    path: string,
    input?: object,
  ): Promise<Record<string, unknown>> {
    if (!this.#aws) throw new Error("AWS is not there yet");
    const url = new URL(`/clusters/${encodeURIComponent(name)}/${path}`, this.#aws.endpointUrl).href;
    const method = input ? "POST" : "GET";
    const body = input ? JSON.stringify(input) : "";
    const contentType = "application/json";
    const headers = signedHeaders({ method, url, service, region, contentType, body }, this.#aws);
    delete headers.host; // fetch says it by itself
    const answer = await fetch(url, {
      method,
      headers,
      ...(input ? { body } : {}),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer, text);
    return JSON.parse(text) as Record<string, unknown>;
  }
}

/** As an SDK reads it: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization */
function refusal({ status, headers }: Response, text: string): EksRefusal {
  let said: Record<string, unknown> = {};
  try {
    said = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // no answer of this protocol
  }
  const type = headers.get("x-amzn-errortype") ?? said.__type ?? said.code;
  const code = typeof type === "string" ? type.replace(/^.*#|:.*$/g, "") : "UnknownError";
  const message = said.message ?? said.Message;
  const requestId = headers.get("x-amzn-requestid") ?? "";
  return new EksRefusal(status, code, typeof message === "string" ? message : "", requestId);
}
