import { assumeWithWebIdentity, type SessionCredentials } from "../aws/clients";
import { assumeRoleForPodIdentity } from "../aws/podIdentity/client";
import { AwsError } from "../aws/query";
import { requestToken } from "../kubernetes/tokens";
import type { LabDescription } from "../types";
import { clusterOf, type Who } from "./fleet";
import { takesAssociations, type DemoIdentity } from "./identity";
import { podOf } from "./pods";

/** What AWS said to somebody who asked for the role: a session, or its error. */
export type Answer =
  | { ok: true; credentials: Required<SessionCredentials>; assumedRoleArn: string }
  | { ok: false; code: string; message: string };

/** A way to the role. */
export interface Way {
  /** How it is called in the table. */
  tried: string;
  /** A token for this way, as the ServiceAccount's cluster makes it. */
  token: (who: Who) => Promise<string>;
  /** Shows a token to AWS. */
  ask: (who: Who, token: string) => Promise<Answer>;
  /** The name of somebody's session; `…` stands for what nobody knows before. */
  session: (who: Who) => string;
}

/** The role that everybody asks for. */
export interface Role {
  arn: string;
  name: string;
}

/** STS, which takes the token of a ServiceAccount (IRSA). */
export function byToken(lab: LabDescription, role: Role, identity: DemoIdentity): Way {
  const session = "demo";
  return {
    // Where there are two ways, the table tells them apart.
    tried: takesAssociations(identity) ? "get the role by its token" : "get the role",
    token: (who) => requestToken(clusterOf(lab, who), who.namespace, who.serviceAccount),
    ask: (who, token) => {
      const { region } = clusterOf(lab, who);
      return assumeWithWebIdentity(lab.aws, { roleArn: role.arn, token, region, sessionName: session });
    },
    session: () => session,
  };
}

/** The audience of tokens for EKS Pod Identity. */
export const POD_IDENTITY_AUDIENCE = "pods.eks.amazonaws.com";

/** EKS Auth, which takes the token of a pod and looks for the association of its ServiceAccount, as the agent asks it. */
export function byPodIdentity(lab: LabDescription): Way {
  return {
    tried: "get the role by Pod Identity",
    token: async (who) => {
      const cluster = clusterOf(lab, who);
      const pod = await podOf(cluster, who);
      const bound = { audience: POD_IDENTITY_AUDIENCE, pod };
      return requestToken(cluster, who.namespace, who.serviceAccount, bound);
    },
    ask: (who, token) => askEksAuth(lab, who, token),
    session: podIdentitySession,
  };
}

/** EKS's own, of cluster, pod and a random part: it stands in CloudTrail. */
export function podIdentitySession({ cluster }: Who): string {
  return `eks-${cluster.slice(0, 10)}-…`;
}

async function askEksAuth(lab: LabDescription, who: Who, token: string): Promise<Answer> {
  const { name: cluster, region } = clusterOf(lab, who);
  try {
    const session = await assumeRoleForPodIdentity(lab.aws, { region, cluster, token });
    return { ok: true, ...session };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}
