import { forgeToken, requestToken } from "../kubernetes/tokens";
import type { LabDescription } from "../types";
import { boundAccounts, clusterOf, type Who } from "./fleet";
import { boundName, keyOf, twoClusters, unboundAccounts } from "./outsiders";

/** Somebody who must be refused, and the answer AWS gives him. */
export interface Outsider extends Who {
  /** What makes him an outsider. */
  because: string;
  token: () => Promise<string>;
  code: string;
  /** The whole message, or what it must begin with. */
  message: string | RegExp;
}

const NOT_AUTHORIZED = {
  code: "AccessDenied",
  message: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
};
const HOUR = 3600;

/** All whose token STS must refuse. Only tokens that no cluster would issue are forged; the others come from TokenRequest. */
export function outsidersByToken(lab: LabDescription): Outsider[] {
  const unbound = unboundAccounts(lab).map((who) => ({
    ...who,
    token: tokenOf(lab, who),
    ...NOT_AUTHORIZED,
  }));
  return [...unbound, strangerAccount(lab), ...badTokens(lab)];
}

/** Everybody who is bound, where the role trusts no web identities: no cluster has an OIDC provider then. */
export function boundByToken(lab: LabDescription): Outsider[] {
  return boundAccounts(lab).map((who) => ({
    ...who,
    because: "the role trusts no web identities",
    token: tokenOf(lab, who),
    ...noProvider(clusterOf(lab, who).issuerUrl),
  }));
}

function tokenOf(lab: LabDescription, who: Who): () => Promise<string> {
  return () => requestToken(clusterOf(lab, who), who.namespace, who.serviceAccount);
}

function noProvider(issuerUrl: string) {
  return {
    code: "InvalidIdentityToken",
    message: `No OpenIDConnect provider found in your account for ${issuerUrl}`,
  };
}

function strangerAccount({ stranger }: LabDescription): Outsider {
  const who = boundName(stranger);
  return {
    ...who,
    because: "a cluster with no OIDC provider",
    token: () => requestToken(stranger, who.namespace, who.serviceAccount),
    ...noProvider(stranger.issuerUrl),
  };
}

function badTokens(lab: LabDescription): Outsider[] {
  const [first, second] = twoClusters(lab);
  const who = boundName(first);
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    issuer: first.issuerUrl,
    subject: `system:serviceaccount:${who.namespace}:${who.serviceAccount}`,
  };
  return [
    {
      ...who,
      because: "wrong audience",
      token: () => requestToken(first, who.namespace, who.serviceAccount, { audience: "vault" }),
      code: "InvalidIdentityToken",
      message: "Incorrect token audience",
    },
    {
      ...who,
      because: "expired token",
      token: () =>
        Promise.resolve(
          forgeToken(keyOf(first), { ...claims, issuedAt: now - 2 * HOUR, expiresAt: now - HOUR }),
        ),
      code: "ExpiredTokenException",
      message: /^Token expired: current date\/time \d+ must be before the expiration date\/time \d+$/,
    },
    {
      ...who,
      because: `signed by ${second.name}'s key`,
      token: () => Promise.resolve(forgeToken(keyOf(second), claims)),
      code: "InvalidIdentityToken",
      message: /^(Couldn't retrieve verification key|The web identity token provided could not be validated)/,
    },
  ];
}
