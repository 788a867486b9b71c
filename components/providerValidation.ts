import type * as pulumi from "@pulumi/pulumi";
import { adoptionProblem, issuerProblem } from "../trust/issuer";
import type { ClusterOfProvider } from "./oidcProvider";
import { isPlain, problemsOf, type Problem } from "./problems";
import { clientIdProblem } from "./trustValidation";

const THUMBPRINT = /^[0-9A-Fa-f]{40}$/;
const MAX_THUMBPRINTS = 5;

/**
 * Faults of what is said of a cluster's OIDC provider, as far as it is plain.
 *
 * @param path property path of the cluster, with a dot at its end, or nothing.
 */
export function providerProblems(cluster: ClusterOfProvider, path: string): Problem[] {
  const { issuerUrl, oidcProviderArn: adopted } = cluster;
  // A program in JavaScript may well leave it out.
  const missing = (issuerUrl as unknown) === undefined;
  const issuer = missing ? issuerProblem("") : isPlain(issuerUrl) ? issuerProblem(issuerUrl) : undefined;
  const adoption = isPlain(adopted) && isPlain(issuerUrl) ? adoptionProblem(adopted, issuerUrl) : undefined;
  const found: [string, string | undefined][] = [
    ["issuerUrl", issuer],
    ["oidcProviderArn", adoption],
    ["oidcProviderClientIds", clientIdProblem(cluster)],
    ["importOidcProvider", importProblem(cluster)],
    ...thumbprintProblems(cluster).map((reason): [string, string] => ["thumbprints", reason]),
  ];
  return problemsOf(found, path);
}

/** Tags that no provider would get: those that are adopted are never changed. */
export function unownedTagProblems(
  clusters: ClusterOfProvider[],
  tags: { [key: string]: pulumi.Input<string> } | undefined,
): Problem[] {
  const adopts = ({ oidcProviderArn, importOidcProvider }: ClusterOfProvider) =>
    oidcProviderArn !== undefined && importOidcProvider !== true;
  return tags === undefined || clusters.length === 0 || !clusters.every(adopts)
    ? []
    : [
        {
          propertyPath: "tags",
          reason: "cannot be set on an adopted OIDC provider, which is never changed: leave tags out",
        },
      ];
}

/** Says why a provider cannot be taken over, or undefined. */
function importProblem({
  importOidcProvider: wanted,
  oidcProviderArn: adopted,
}: ClusterOfProvider): string | undefined {
  if (wanted !== true || isPlain(adopted)) {
    return undefined;
  }
  return adopted === undefined
    ? "takes over the provider that oidcProviderArn names, which is missing: give its ARN as plain text, or leave both out to have one created"
    : "wants oidcProviderArn as plain text, since the engine must know it from the start (arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>)";
}

function thumbprintProblems({ thumbprints = [], oidcProviderArn, ...cluster }: ClusterOfProvider): string[] {
  const problems = thumbprints
    .filter((thumbprint) => !THUMBPRINT.test(thumbprint))
    .map((thumbprint) => `has "${thumbprint}", which is not a SHA-1 thumbprint: write 40 hexadecimal digits`);
  if (thumbprints.length > MAX_THUMBPRINTS) {
    problems.push(`has ${thumbprints.length} entries; IAM takes at most ${MAX_THUMBPRINTS}`);
  }
  if (thumbprints.length > 0 && oidcProviderArn !== undefined) {
    problems.push(
      cluster.importOidcProvider === true
        ? "stay as they are while a provider is taken over: leave thumbprints out until that is done"
        : "cannot be set on an adopted OIDC provider, which is never changed: leave thumbprints out",
    );
  }
  return problems;
}
