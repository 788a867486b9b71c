import { eksProblem, parseEksHost } from "./eksHost";

/** What an EKS cluster's OIDC issuer URL tells, and the ARN of the IAM OIDC provider that stands for it. */
export interface Issuer {
  /** The issuer as tokens carry it (`iss`), byte for byte. */
  url: string;
  /** The URL without `https://`: the tail of the provider's ARN and the prefix of its condition keys. */
  hostPath: string;
  /** AWS region of an EKS issuer; undefined for one that EKS does not host. */
  region?: string;
}

/** An IAM OIDC provider's ARN, taken apart. */
export interface OidcProviderArn {
  partition: string;
  accountId: string;
  /** Equal to the `hostPath` of the provider's issuer. */
  hostPath: string;
}

const PLAIN_HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
// A slash at the end belongs to the issuer, as it does to those of AKS: IAM keeps it, and so do tokens.
const PLAIN_PATH = /^(\/[A-Za-z0-9._~-]+)*\/?$/;
const PROVIDER_ARN =
  /^arn:(?<partition>aws[a-z-]*):iam::(?<accountId>\d{12}):oidc-provider\/(?<hostPath>.+)$/;
const MAX_LENGTH = 255;

/**
 * Says what is wrong with an issuer URL and what to write instead, or undefined when IAM and STS will take it.
 *
 * STS compares a token's `iss` with the provider's URL byte for byte, so nothing is repaired here.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function issuerProblem(url: string): string | undefined {
  if (url === "") {
    return "is empty: the cluster has no OIDC issuer yet; pass `cluster.identity.oidc.issuer` of `aws eks describe-cluster`";
  }
  if (/[\s\p{C}]/u.test(url)) {
    return `contains white space or control characters: ${JSON.stringify(url)}`;
  }
  if (!url.startsWith("https://")) {
    const bare = url.replace(/^[a-z]+:\/\//i, "");
    return `must begin with https://, as tokens carry it: write ${quote(`https://${bare}`)} instead of ${quote(url)}`;
  }
  if (url.length > MAX_LENGTH) {
    return `is ${url.length} characters long; IAM takes at most ${MAX_LENGTH}`;
  }
  return hostAndPathProblem(url);
}

function hostAndPathProblem(url: string): string | undefined {
  const bare = url.slice("https://".length);
  const end = bare.search(/[/?#]|$/);
  const [authority, rest] = [bare.slice(0, end), bare.slice(end)];
  if (/[?#]/.test(rest)) {
    return `must have no query and no fragment: write ${quote(url.replace(/[?#].*/, ""))}`;
  }
  if (authority.includes("@")) {
    return "must have no user name in it";
  }
  if (authority.includes(":")) {
    return `must have no port (IAM refuses one and EKS has none): write ${quote(`https://${authority.replace(/:.*/, "")}${rest}`)}`;
  }
  const eks = parseEksHost(authority);
  if (eks !== undefined) {
    return eksProblem(authority, eks, rest);
  }
  if (!PLAIN_HOST.test(authority) || authority.includes("..")) {
    return `has a host that is not a lower-case DNS name: ${quote(authority)}`;
  }
  if (!authority.includes(".")) {
    return `has a host that AWS cannot reach: ${quote(authority)} (a full DNS name, such as "oidc.example.com")`;
  }
  return PLAIN_PATH.test(rest)
    ? undefined
    : `has a path with characters that a condition key cannot carry: ${quote(rest)}`;
}

/**
 * Takes an issuer URL apart.
 *
 * @example parseIssuer("https://oidc.eks.us-east-1.amazonaws.com/id/ABC").hostPath // "oidc.eks.us-east-1.amazonaws.com/id/ABC"
 * @throws Error when {@link issuerProblem} finds fault with it.
 */
export function parseIssuer(url: string): Issuer {
  const problem = issuerProblem(url);
  if (problem !== undefined) {
    throw new Error(`issuer URL ${problem}`);
  }
  const hostPath = url.slice("https://".length);
  return { url, hostPath, region: parseEksHost(hostPath.replace(/\/.*/, ""))?.region };
}

/**
 * The ARN that IAM gives to the OIDC provider of an issuer: computed, so that a preview can show it.
 *
 * @param account the account of the ROLE: IAM wants provider and role in one account.
 */
export function oidcProviderArn(issuer: Issuer, account: { partition: string; accountId: string }): string {
  return `arn:${account.partition}:iam::${account.accountId}:oidc-provider/${issuer.hostPath}`;
}

/** Takes a provider ARN apart; undefined when it is not the ARN of an OIDC provider. */
export function parseOidcProviderArn(arn: string): OidcProviderArn | undefined {
  const parts = PROVIDER_ARN.exec(arn)?.groups as OidcProviderArn | undefined;
  return parts && issuerProblem(`https://${parts.hostPath}`) === undefined ? { ...parts } : undefined;
}

/** Says why an ARN is not that of an OIDC provider, or undefined. */
export function providerArnProblem(arn: string): string | undefined {
  return parseOidcProviderArn(arn)
    ? undefined
    : `is not the ARN of an IAM OIDC provider (arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>): ${quote(arn)}`;
}

/**
 * Says why a provider cannot be adopted for an issuer, or undefined when it is that issuer's.
 */
export function adoptionProblem(arn: string, issuerUrl: string): string | undefined {
  const parsed = parseOidcProviderArn(arn);
  if (arn === "") {
    return "is empty: leave it out to have the provider created, or pass the ARN of the provider to adopt";
  }
  if (!parsed) {
    return providerArnProblem(arn);
  }
  if (`https://${parsed.hostPath}` !== issuerUrl) {
    return `belongs to issuer ${quote(`https://${parsed.hostPath}`)}, and not to this cluster's ${quote(issuerUrl)}: adopt the provider of this cluster's issuer`;
  }
  return undefined;
}

function quote(text: string): string {
  return `"${text}"`;
}
