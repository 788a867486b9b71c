import { AwsError } from "./query";

/** Web identity providers that AWS knows without an OIDC provider resource, by their domain. */
const builtInProviders = [
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "graph.facebook.com",
  "www.amazon.com",
];

const oidcProviderArn = /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/[^*?\s]+$/;
const samlProviderArn = /^arn:aws[a-z-]*:iam::\d{12}:saml-provider\/[\w._-]+$/;
const awsPrincipal = /^(\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|[a-z-]+\/[^*?]+))$/;
const servicePrincipal = /^[\w-]+(\.[\w-]+)+$/;

/** Refuses the Principal of a trust policy statement as IAM does; whether what it names exists is not asked. */
export function refusePrincipal(principal: unknown): void {
  if (principal === undefined) throw malformed("Missing required field Principal");
  if (principal === "*") throw malformed('AssumeRolepolicy contained an invalid principal: "STAR":"*".');
  if (typeof principal !== "object" || principal === null || Array.isArray(principal)) {
    throw malformed("Principal must be a JSON object.");
  }
  const kinds = Object.entries(principal);
  if (kinds.length === 0) throw malformed("Missing required field Principal cannot be empty!");
  for (const [kind, written] of kinds) {
    const names: unknown[] = Array.isArray(written) ? written : [written];
    for (const name of names) refuseName(kind, name);
  }
}

function refuseName(kind: string, name: unknown): void {
  if (typeof name !== "string") throw malformed("Syntax errors in policy.");
  if (kind === "Federated") {
    if (builtInProviders.includes(name) || oidcProviderArn.test(name) || samlProviderArn.test(name)) return;
    throw malformed("Federated principals must be valid domain names or SAML metadata ARNs");
  }
  if (kind === "AWS" && awsPrincipal.test(name)) return;
  if (kind === "Service" && servicePrincipal.test(name)) return;
  const shown = kind === "Service" ? "SERVICE" : kind;
  throw malformed(`Invalid principal in policy: "${shown}":"${name}"`);
}

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", message);
}
