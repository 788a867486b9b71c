import type { Claim } from "./claim";
import type { Condition, Statement } from "./document";
import { parseProvider } from "./principals";
import { issuerOfKey } from "./requests";

/** A provider whose tokens are asked about. */
export interface Provider {
  arn: string;
  /** Its issuer without `https://`. */
  hostPath: string;
}

/**
 * The providers whose tokens the document could treat in a way of their own, and a last one for all others: those of the
 * clusters, those that it names, and those it has condition keys of.
 */
export function providersOf(
  statements: Statement[],
  { clusters }: Claim,
  conditions: Condition[],
): Provider[] {
  const arns = [
    ...clusters.flatMap(({ oidcProviderArn }) => oidcProviderArn ?? []),
    ...statements.flatMap(({ principals }) => principals.federated),
  ];
  const named = [...new Set(arns)].map((arn) => ({ arn, hostPath: parseProvider(arn) ?? "" }));
  const hosts = new Set(named.map(({ hostPath }) => hostPath.toLowerCase()));
  const others: string[] = [];
  const issuers = [...statements.flatMap((statement) => statement.conditions), ...conditions].map(({ key }) =>
    issuerOfKey(key),
  );
  for (const issuer of [...issuers, strangerTo(issuers, hosts)]) {
    if (issuer !== undefined && !hosts.has(issuer.toLowerCase())) {
      hosts.add(issuer.toLowerCase());
      others.push(issuer);
    }
  }
  // IAM wants a role's providers in the role's own account.
  const account = /^arn:[^:]*:iam::\d+/.exec(arns[0] ?? "")?.[0] ?? "arn:aws:iam::111122223333";
  return [...named, ...others.map((hostPath) => ({ arn: `${account}:oidc-provider/${hostPath}`, hostPath }))];
}

function strangerTo(issuers: (string | undefined)[], hosts: Set<string>): string {
  const known = new Set([...hosts, ...issuers.map((issuer) => issuer?.toLowerCase())]);
  let stranger = "oidc.example.com/id/stranger";
  while (known.has(stranger)) {
    stranger += "s";
  }
  return stranger;
}
