import { forgeToken, requestToken, type ForgedClaims } from "../kubernetes/tokens";
import type { LabDescription } from "../types";
import type { Outsider } from "./cases";
import { clusterOf, type Who } from "./fleet";
import { boundName, keyOf, twoClusters, unboundAccounts, type Unbound } from "./outsiders";
import { podOf } from "./pods";
import { byPodIdentity, POD_IDENTITY_AUDIENCE } from "./ways";

/** What EKS Auth says when the role does not trust it with this pod: https://github.com/aws-controllers-k8s/community/issues/2678 */
const NOT_TRUSTED = {
  code: "AccessDeniedException",
  message: "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
};
const HOUR = 3600;

/** All whom EKS Auth must refuse by itself: ServiceAccounts without an association, and tokens that are no good. */
export function outsidersOfEks(lab: LabDescription): Outsider[] {
  const strangers = unbound(lab).map((who) => ({
    ...who,
    because: `${who.because}, not associated`,
    token: () => byPodIdentity(lab).token(who),
    code: "ResourceNotFoundException",
    message: /^No association found/,
  }));
  return [...strangers, ...badTokens(lab)];
}

/** The same ServiceAccounts while somebody has associated the role with them: what refuses them is the role's trust policy. */
export function outsidersByHand(lab: LabDescription): Outsider[] {
  return unbound(lab).map((who) => ({
    ...who,
    because: `${who.because}, associated by hand`,
    token: () => byPodIdentity(lab).token(who),
    ...NOT_TRUSTED,
  }));
}

function unbound(lab: LabDescription): Unbound[] {
  return [...unboundAccounts(lab), { ...boundName(lab.stranger), because: "a cluster that is not listed" }];
}

/** Tokens of a ServiceAccount that has its association. */
function badTokens(lab: LabDescription): Outsider[] {
  const [first, second] = twoClusters(lab);
  const who = boundName(first);
  const now = Math.floor(Date.now() / 1000);
  const forged = async (key: string, times: Pick<ForgedClaims, "issuedAt" | "expiresAt"> = {}) =>
    forgeToken(key, { ...(await claimsOf(lab, who)), ...times });
  const invalid = { code: "InvalidTokenException", message: /^The token cannot be verified/ };
  return [
    {
      ...who,
      because: "a token for STS",
      token: async () =>
        requestToken(first, who.namespace, who.serviceAccount, { pod: await podOf(first, who) }),
      ...invalid,
    },
    {
      ...who,
      because: "expired token",
      token: () => forged(keyOf(first), { issuedAt: now - 2 * HOUR, expiresAt: now - HOUR }),
      code: "ExpiredTokenException",
      message: /expired/,
    },
    {
      ...who,
      because: `signed by ${second.name}'s key`,
      token: () => forged(keyOf(second)),
      ...invalid,
    },
  ];
}

/** What the token of a pod says. */
async function claimsOf(lab: LabDescription, who: Who): Promise<ForgedClaims> {
  const cluster = clusterOf(lab, who);
  const { namespace, serviceAccount: name } = who;
  const serviceaccount = { name, uid: "00000000-0000-4000-8000-000000000000" };
  return {
    issuer: cluster.issuerUrl,
    subject: `system:serviceaccount:${namespace}:${name}`,
    audience: POD_IDENTITY_AUDIENCE,
    claims: { "kubernetes.io": { namespace, serviceaccount, pod: await podOf(cluster, who) } },
  };
}
