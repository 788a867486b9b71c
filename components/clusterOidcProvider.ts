import * as pulumi from "@pulumi/pulumi";
import { unknownKeyProblems } from "./knownKeys";
import { oidcProvider } from "./oidcProvider";
import { isPlain, throwProblems, type Problem } from "./problems";
import { providerProblems, unownedTagProblems } from "./providerValidation";
import { roleAccount } from "./roleAccount";
import { checkShapes, clusterProviderShapes, untold } from "./shapes";
import { tagProblems } from "./tagValidation";

/** Arguments of {@link ClusterOidcProvider}. */
export interface ClusterOidcProviderArgs {
  /** The cluster's OIDC issuer URL, byte for byte: `https://oidc.eks.<region>.amazonaws.com/id/<id>`. */
  issuerUrl: pulumi.Input<string>;
  /** ARN of a provider that exists for this issuer, to adopt: used, never changed or deleted. Default: create one. */
  oidcProviderArn?: pulumi.Input<string>;
  /** The client ID list of the provider that is adopted; another one that IAM has is an error. Default: not known. */
  oidcProviderClientIds?: string[];
  /**
   * Takes the provider that `oidcProviderArn` (plain text then) names into this stack's ownership. One `up` takes it over without a
   * change; then leave both out. Default: false.
   * @see https://www.pulumi.com/docs/iac/concepts/resources/options/import/
   */
  importOidcProvider?: boolean;
  /** SHA-1 thumbprints; only for issuers whose certificate no public CA signed. Default: none. */
  thumbprints?: string[];
  /** Tags of the provider that is created. Default: none. */
  tags?: { [key: string]: pulumi.Input<string> };
}

/**
 * The IAM OIDC provider of one cluster: created with exactly the client ID `sts.amazonaws.com`, adopted, or taken
 * over.
 *
 * @example
 * const provider = new ClusterOidcProvider("east", {
 *   issuerUrl: "https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
 * });
 * export const oidcProviderArn = provider.arn;
 * @throws InputPropertiesError naming every fault of the arguments.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export class ClusterOidcProvider extends pulumi.ComponentResource {
  /** ARN of the provider: computed, so that a preview shows it; a created provider's real one is compared with it. */
  public readonly arn: pulumi.Output<string>;
  /** The issuer URL. */
  public readonly issuerUrl: pulumi.Output<string>;

  /**
   * Declares the provider.
   *
   * @param name name of the component and of the provider in the program: part of their URNs.
   * @param args which issuer, and whether its provider is made or is there.
   * @param opts `provider` is the aws provider of the account in which the role is.
   */
  constructor(name: string, args: ClusterOidcProviderArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `ClusterOidcProvider "${name}"`;
    throwProblems(what, argumentProblems(args));
    super("eks-irsa:index:ClusterOidcProvider", name, plainOf(args), opts);
    const { arn, issuerUrl } = oidcProvider(name, args, {
      what,
      path: "",
      parent: this,
      account: roleAccount(this),
      ...(args.tags && { tags: args.tags }),
    });
    this.arn = arn;
    this.issuerUrl = issuerUrl;
    this.registerOutputs({ arn: this.arn, issuerUrl: this.issuerUrl });
  }
}

function argumentProblems(args: ClusterOidcProviderArgs): Problem[] {
  const { problems, usable } = checkShapes(args, clusterProviderShapes);
  const unknown = unknownKeyProblems(args, "ClusterOidcProvider");
  const found = [
    ...providerProblems(usable, ""),
    ...unownedTagProblems([usable], usable.tags),
    ...tagProblems(usable.tags),
  ];
  return [...problems, ...unknown, ...untold(found, problems)];
}

/** What is recorded in state as the component's inputs. */
function plainOf(args: ClusterOidcProviderArgs): pulumi.Inputs {
  return isPlain(args.issuerUrl) ? { issuerUrl: args.issuerUrl } : {};
}
