import { ALWAYS, both, either, isOneOf, matchesOneOf, type Formula } from "./cases";
import type { Claim, ClaimedConditions, ProofBinding, ProofCluster } from "./claim";
import type { Statement } from "./document";
import { conditionsHold } from "./encode";
import type { FamilyMaker } from "./family";
import type { Caller } from "./principals";
import { providersOf, type Provider } from "./providers";
import { unknown } from "./read";
import { Requests, type Key } from "./requests";
import { aroundNames, patternBetweenColons, type Term } from "./smt";

const AUDIENCE = "sts.amazonaws.com";

/** All requests that can be made with tokens of one provider. */
export class TokenRequests extends Requests {
  readonly caller: Caller;
  readonly actions = ["sts:assumerolewithwebidentity"];
  readonly subject: Term;
  readonly audience: Term;

  constructor(
    readonly provider: Provider,
    place = 0,
  ) {
    super(place);
    this.caller = { kind: "token", provider: provider.arn };
    this.subject = this.variables.text("subject");
    this.audience = this.variables.text("audience");
  }

  protected override ofIssuer(name: string, issuer: string, claim: string): Key {
    if (issuer !== this.provider.hostPath.toLowerCase()) {
      return { kind: "missing", name };
    }
    // `amr`, `email` and `oaud` may be in a token or not; what a trust policy wants with them is not known here.
    if (claim !== "sub" && claim !== "aud") {
      throw unknown(`condition key ${name}`);
    }
    return { kind: "known", name, value: claim === "sub" ? this.subject : this.audience };
  }
}

/** The tokens of each provider, with what a claim says of them. */
export function tokenFamilies(
  statements: Statement[],
  claim: Claim,
  { tokens: conditions }: ClaimedConditions,
): FamilyMaker[] {
  return providersOf(statements, claim, conditions).map((provider) => (place) => {
    const requests = new TokenRequests(provider, place);
    const cluster = claim.clusters.find(({ oidcProviderArn }) => oidcProviderArn === provider.arn);
    const bindings = claim.bindings.filter((binding) => binding.cluster === cluster?.name);
    return {
      requests,
      possible: isPossible(cluster, bindings, requests),
      claimed: both(isBound(bindings, requests), conditionsHold(conditions, requests)),
      readable: isReadable(requests),
      read: (example) => ({
        kind: "token",
        ...(cluster === undefined ? {} : { cluster: cluster.name }),
        oidcProviderArn: provider.arn,
        issuer: `https://${provider.hostPath}`,
        subject: String(example.get("subject")),
        audience: String(example.get("audience")),
      }),
    };
  });
}

/** Is the holder of a token bound? Only a token that was made for STS is of use to anybody. */
function isBound(bindings: ProofBinding[], requests: TokenRequests): Formula {
  const subjects = bindings.map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`);
  const exact = subjects.filter((subject) => !subject.includes("*"));
  const patterns = subjects.filter((subject) => subject.includes("*"));
  return both(
    isOneOf(requests.audience, [AUDIENCE]),
    either(
      isOneOf(requests.subject, exact),
      matchesOneOf(requests.subject, patterns.map(patternBetweenColons)),
    ),
  );
}

/** Which requests get as far as the trust policy: STS has looked at the audience by then. */
function isPossible(
  cluster: ProofCluster | undefined,
  bindings: ProofBinding[],
  requests: TokenRequests,
): Formula {
  // Clusters sign tokens for ServiceAccounts only. It matters for wildcards alone: IAM's `*` would take a colon as well.
  const wellFormed = bindings.some(({ namespace, name }) => `${namespace}${name}`.includes("*"));
  return both(
    cluster?.clientIds ? isOneOf(requests.audience, cluster.clientIds) : ALWAYS,
    wellFormed
      ? matchesOneOf(requests.subject, [patternBetweenColons("system:serviceaccount:?*:?*")])
      : ALWAYS,
  );
}

/** What makes an example readable, the best first. */
function isReadable(requests: TokenRequests): Formula[] {
  const named = matchesOneOf(requests.subject, [aroundNames(["system:serviceaccount:", ":", ""])]);
  const forSts = isOneOf(requests.audience, [AUDIENCE]);
  return [both(named, forSts), both(named, isOneOf(requests.audience, ["another-audience"])), named, forSts];
}
