import type { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider";
import * as pulumi from "@pulumi/pulumi";
import { isPlain, lateProblems } from "./problems";
import { oncePerProgram } from "./programs";

/** A component that has an OIDC provider of its own: one that it creates, or takes over. */
export interface ProviderOwner {
  /** The component as the user wrote it, for errors. */
  what: string;
  /** Where the issuer stands in its arguments. */
  propertyPath: string;
  /** The computed ARN, account included: two accounts may both have a provider for one issuer. */
  arn: pulumi.Output<string>;
  /** Absent until it is made. */
  resource?: OpenIdConnectProvider;
}

/** A provider's issuer with the ARN that comes of it and the account. */
export interface ComputedProvider {
  url: string;
  arn: string;
}

/** The owners of OIDC providers in one run of a program, by issuer, in the order in which they came. */
class ProviderOwners {
  private readonly byIssuer = new Map<string, ProviderOwner[]>();

  /**
   * The provider, once no other component of the program was found to own it: IAM would refuse the second, and only after the
   * first was made.
   */
  claim(
    given: pulumi.Input<string>,
    provider: pulumi.Output<ComputedProvider>,
    owner: ProviderOwner,
    parent: pulumi.Resource,
  ): pulumi.Output<ComputedProvider> {
    // What is known from the start goes before what arrives.
    if (isPlain(given)) this.add(given, owner);
    const claimed = provider.apply((computed): pulumi.Input<ComputedProvider> => {
      const { url, arn } = computed;
      this.add(url, owner);
      const all = this.of(url);
      const before = all.slice(0, all.indexOf(owner));
      if (before.length === 0) return computed;
      return pulumi.all(before.map((other) => other.arn)).apply((arns) => {
        const other = before[arns.indexOf(arn)];
        if (other !== undefined) {
          const { what, propertyPath } = owner;
          throw lateProblems(what, [{ propertyPath, reason: ownedReason(url, arn, owner, other) }], parent);
        }
        return computed;
      });
    });
    // An apply unwraps what its function gives back, which the compiler sees of a value or of an Output, and not of either.
    return claimed as pulumi.Output<ComputedProvider>;
  }

  /**
   * The id by which a provider is read: the owner's in this program, which is not known before the owner has made it, or the ARN.
   *
   * @returns the id, and whether the program has an owner of it.
   */
  idOf(
    arn: pulumi.Output<string>,
    issuerUrl: pulumi.Output<string>,
  ): { id: pulumi.Output<string>; owned: pulumi.Output<boolean> } {
    const owner = pulumi
      .all([arn, issuerUrl])
      .apply(([wanted, url]) =>
        pulumi.all(this.of(url).map((one) => one.arn)).apply((arns) => arns.indexOf(wanted)),
      );
    const id = pulumi
      .all([arn, issuerUrl, owner])
      .apply(([wanted, url, index]) => this.of(url)[index]?.resource?.id ?? pulumi.output(wanted));
    return { id, owned: owner.apply((index) => index >= 0) };
  }

  private of(issuerUrl: string): ProviderOwner[] {
    return this.byIssuer.get(issuerUrl) ?? [];
  }

  private add(issuerUrl: string, owner: ProviderOwner): void {
    const owners = this.of(issuerUrl);
    if (!owners.includes(owner)) this.byIssuer.set(issuerUrl, [...owners, owner]);
  }
}

/** The owners of the program that is running. */
export const providerOwners = oncePerProgram(() => new ProviderOwners());

function ownedReason(url: string, arn: string, mine: ProviderOwner, other: ProviderOwner): string {
  const adopting = mine.propertyPath.replace("issuerUrl", "oidcProviderArn");
  return (
    `is "${url}", whose OIDC provider ${arn} is made by ${other.what} (${other.propertyPath}) in this program already, and an account has one ` +
    `for each issuer: adopt that one here, with adoptOidcProviders(clusters, first.oidcProviderArns) or ${adopting}`
  );
}
