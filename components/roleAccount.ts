import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import * as pulumi from "@pulumi/pulumi";
import { parseOidcProviderArn } from "../trust/issuer";
import { resourceError } from "./resourceError";

/** The account a role lives in, and its partition (`aws`, `aws-cn`, …). */
export interface RoleAccount {
  partition: string;
  accountId: string;
}

/**
 * Asks AWS once which account the component's provider works in: by `parent` it is the ROLE's account, where IAM wants the
 * OIDC providers too.
 */
export function roleAccount(parent: pulumi.Resource): pulumi.Output<RoleAccount> {
  return getCallerIdentityOutput({}, { parent }).apply(({ accountId, arn }) => {
    const partition = /^arn:([^:]+):/.exec(arn)?.[1];
    if (partition === undefined || !/^\d{12}$/.test(accountId)) {
      const said = `account "${accountId}", caller "${arn}"`;
      throw resourceError(`AWS does not say which account the role is to live in: ${said}`, parent);
    }
    return { partition, accountId };
  });
}

/**
 * The ARN of a provider that is being created: the computed one, which a preview can show, once the real one was seen to
 * be equal. Where they differ the trust policy would name a provider that is not ours, so nothing goes on.
 */
export function confirmedArn(
  computed: pulumi.Output<string>,
  real: pulumi.Output<string | undefined>,
  resource: pulumi.Resource,
): pulumi.Output<string> {
  if (pulumi.runtime.isDryRun()) {
    return computed;
  }
  return computed.apply((expected) =>
    real.apply((actual) => {
      if (actual !== undefined && actual !== expected) {
        throw resourceError(
          `IAM gave the OIDC provider the ARN ${actual} where ${expected} was computed: the trust policy is not written`,
          resource,
        );
      }
      return expected;
    }),
  );
}

/** Says why an adopted provider is of no use to a role in this account, or undefined. */
export function accountProblem(arn: string, account: RoleAccount): string | undefined {
  const provider = parseOidcProviderArn(arn);
  if (!provider || (provider.accountId === account.accountId && provider.partition === account.partition)) {
    return undefined;
  }
  return (
    `is in account ${provider.accountId} (${provider.partition}) and the role in ${account.accountId} (${account.partition}): ` +
    "IAM wants both in one account; leave it out to have the provider created beside the role"
  );
}
