import { forgeToken, requestToken } from "../kubernetes/tokens";
import { readFileSync } from "node:fs";
import type { LabCluster, LabDescription } from "../types";
import { BINDINGS, OUTSIDERS, type Who } from "./fleet";

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

/** All who must be refused. Only tokens that no cluster would issue are forged; the others come from TokenRequest. */
export function outsiders(lab: LabDescription): Outsider[] {
  return [...unboundAccounts(lab), strangerAccount(lab), ...badTokens(lab)];
}

function unboundAccounts(lab: LabDescription): Outsider[] {
  const reasons: Record<string, string> = {
    "default/outsider": "another ServiceAccount of a listed cluster",
    "elsewhere/s3-reader": "the same name in another namespace",
    "reports/report-reader": "a cluster that the binding leaves out",
  };
  return OUTSIDERS.flatMap(({ namespace, name, clusters }) =>
    lab.clusters
      .filter((cluster) => clusters?.includes(cluster.name) ?? true)
      .map((cluster) => ({
        cluster: cluster.name,
        namespace,
        serviceAccount: name,
        because: reasons[`${namespace}/${name}`] ?? "not bound",
        token: () => requestToken(cluster, namespace, name),
        ...NOT_AUTHORIZED,
      })),
  );
}

function strangerAccount({ stranger }: LabDescription): Outsider {
  const who = boundName(stranger);
  return {
    ...who,
    because: "a cluster with no OIDC provider",
    token: () => requestToken(stranger, who.namespace, who.serviceAccount),
    code: "InvalidIdentityToken",
    message: `No OpenIDConnect provider found in your account for ${stranger.issuerUrl}`,
  };
}

function badTokens(lab: LabDescription): Outsider[] {
  const [first, second] = lab.clusters;
  if (!first || !second) {
    throw new Error("the demo needs two clusters at least");
  }
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

/** The bound ServiceAccount by which a cluster is tried. */
function boundName(cluster: LabCluster): Who {
  const { namespace, name } = BINDINGS[0] ?? { namespace: "default", name: "s3-reader" };
  return { cluster: cluster.name, namespace, serviceAccount: name };
}

function keyOf(cluster: LabCluster): string {
  return readFileSync(cluster.signingKeyPath, "utf8");
}
