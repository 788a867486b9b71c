import type { Accounts } from "./account";
import type { KeyFinder } from "./discovery";
import { mintSession, type MintedSession } from "./mint";
import type { Moto } from "./moto";
import { AwsError, escapeXml, successAnswer, type Answer, type QueryParameters } from "./query";
import { issuerOf, verifyToken, wrongAudience, type Claims } from "./token";
import { judgeTrust } from "./trustJudge";
import { readWebIdentityRequest, type WebIdentityRequest } from "./webIdentityRequest";

/** What the front has at hand to decide who may assume a role. */
export interface StsParts {
  moto: Moto;
  accounts: Accounts;
  keys: KeyFinder;
}

/** STS AssumeRoleWithWebIdentity, with every check that AWS makes and moto does not; the session itself is moto's. */
export async function assumeRoleWithWebIdentity(
  parameters: QueryParameters,
  parts: StsParts,
): Promise<Answer> {
  const request = readWebIdentityRequest(parameters);
  const issuerUrl = issuerOf(request.token);
  const providerArn = providerArnOf(request, issuerUrl);
  // The ROLE's account: what other accounts have, the cluster's own among them, does not count.
  const place = parts.accounts.find(request);
  const provider = await place?.account.oidcProvider(providerArn);
  if (!place || !provider) throw noProvider(issuerUrl);

  const claims = await verifyToken(request.token, parts.keys);
  if (!provider.clientIds.includes(claims.audience)) throw wrongAudience();

  const role = await place.account.role(request.roleArn);
  // A role that does not exist is not told apart from one that does not trust the caller.
  if (!role) throw notAuthorized();
  const { roleSessionName } = request;
  const verdict = judgeTrust(role.trustPolicy, { ...claims, providerArn, roleSessionName });
  if (!verdict.allowed) throw notAuthorized();
  if (request.durationSeconds > role.maxSessionDuration) {
    throw new AwsError(
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  return sessionAnswer(
    await mintSession(request, parts.moto, place.admin),
    request,
    claims,
    role.id,
    providerArn,
  );
}

/** The provider that an issuer has, or would have, in the ROLE's account. */
function providerArnOf(request: WebIdentityRequest, issuerUrl: string): string {
  const [, hostAndPath] = /^https:\/\/(.{1,247})$/.exec(issuerUrl) ?? [];
  if (!hostAndPath) throw noProvider(issuerUrl);
  return `arn:${request.partition}:iam::${request.accountId}:oidc-provider/${hostAndPath}`;
}

function sessionAnswer(
  minted: MintedSession,
  request: WebIdentityRequest,
  claims: Claims,
  roleId: string,
  providerArn: string,
): Answer {
  const element = (name: string, text: string) => `<${name}>${escapeXml(text)}</${name}>`;
  return successAnswer(
    "sts",
    "AssumeRoleWithWebIdentity",
    element("SubjectFromWebIdentityToken", claims.subject) +
      element("Audience", claims.audience) +
      // moto makes the id up; AWS's begins with the role's.
      `<AssumedRoleUser>${element("Arn", minted.arn)}` +
      `${element("AssumedRoleId", `${roleId}:${request.roleSessionName}`)}</AssumedRoleUser>` +
      `<Credentials>${element("AccessKeyId", minted.accessKeyId)}` +
      element("SecretAccessKey", minted.secretAccessKey) +
      element("SessionToken", minted.sessionToken) +
      `${element("Expiration", minted.expiration)}</Credentials>` +
      // The API reference says "the iss"; what AWS really returns for an EKS token is the provider's ARN.
      element("Provider", providerArn),
  );
}

function noProvider(issuerUrl: string): AwsError {
  return new AwsError(
    "InvalidIdentityToken",
    `No OpenIDConnect provider found in your account for ${issuerUrl}`,
  );
}

function notAuthorized(): AwsError {
  return new AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403);
}
