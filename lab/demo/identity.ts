import { hasIrsa, hasPodIdentity } from "../../components/identity";
import { DEFAULT_MAX_SIZE } from "../../trust/size";
import { IdentityMode } from "../../trust/types";

/** How the demo's pods come to the role, by the word for it on the command line. */
export const IDENTITIES = {
  irsa: IdentityMode.Irsa,
  both: IdentityMode.Both,
  "pod-identity": IdentityMode.PodIdentity,
} as const;

export type DemoIdentity = keyof typeof IDENTITIES;

/** The ways in a sentence: "pods get the role …". */
export const IN_WORDS: { [mode in IdentityMode]: string } = {
  [IdentityMode.Irsa]: "by the tokens of their ServiceAccounts (IRSA)",
  [IdentityMode.Both]: "by EKS Pod Identity, while tokens of their ServiceAccounts (IRSA) are taken too",
  [IdentityMode.PodIdentity]: "by EKS Pod Identity",
};

/** The account's quota for a trust policy, in characters: three clusters that are trusted by two ways need more than IAM's own. */
export function trustPolicyQuota(identity: DemoIdentity): number {
  return identity === "both" ? 4096 : DEFAULT_MAX_SIZE;
}

/** Is it a word for a way? */
export function isIdentity(text: string): text is DemoIdentity {
  return Object.hasOwn(IDENTITIES, text);
}

/** Does the role take the tokens of the clusters' OIDC providers? */
export function takesTokens(identity: DemoIdentity): boolean {
  return hasIrsa(IDENTITIES[identity]);
}

/** Does the role take EKS Pod Identity associations? New pods come by their association then, whatever else there is. */
export function takesAssociations(identity: DemoIdentity): boolean {
  return hasPodIdentity(IDENTITIES[identity]);
}
