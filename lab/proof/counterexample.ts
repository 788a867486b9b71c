import { THERE, type Provider } from "./requests";
import type { Example } from "./solver";

/** A request about which the trust policy and the bindings differ. */
export interface Counterexample {
  /** The cluster whose token it is; undefined when it is none of the clusters'. */
  cluster?: string;
  oidcProviderArn: string;
  issuer: string;
  subject: string;
  audience: string;
  /** What the trust policy does; the bindings say the opposite. */
  policy: "admits" | "refuses";
  /**
   * What else is assumed of the request: condition keys in small letters with their values (false: it has none; true: it has
   * one, no matter which), and whether a condition holds that compares no texts.
   */
  assumed: Record<string, string | boolean>;
}

/** What an example of the solver's says, for the tokens of a provider. */
export function readExample(
  example: Example,
  policy: Counterexample["policy"],
  provider: Provider,
  cluster: string | undefined,
): Counterexample {
  const assumed: Counterexample["assumed"] = {};
  for (const [name, value] of example) {
    if (name.endsWith(THERE)) {
      const key = name.slice(0, -THERE.length);
      assumed[key] = value === true ? (example.get(key) ?? true) : false;
    } else if (typeof value === "boolean") {
      assumed[name] = value;
    }
  }
  return {
    ...(cluster === undefined ? {} : { cluster }),
    oidcProviderArn: provider.arn,
    issuer: `https://${provider.hostPath}`,
    subject: String(example.get("subject")),
    audience: String(example.get("audience")),
    policy,
    assumed,
  };
}

/** The same as one sentence, which names the cluster and the ServiceAccount. */
export function sentence({ cluster, issuer, subject, audience, policy, assumed }: Counterexample): string {
  const of = cluster === undefined ? `issuer ${issuer}, which is no cluster's,` : `cluster "${cluster}"`;
  const token = `a token of ${of} with subject ${JSON.stringify(subject)} and audience ${JSON.stringify(audience)}`;
  const circumstances = Object.entries(assumed).map(([name, value]) =>
    typeof value === "string"
      ? `${name} is ${JSON.stringify(value)}`
      : name.includes(" ")
        ? `${value ? "it holds" : "it does not hold"} that ${name}`
        : `the request has ${value ? "a" : "no"} ${name}`,
  );
  const where = circumstances.length === 0 ? "" : ` where ${circumstances.join(" and ")}`;
  return `the trust policy ${policy} ${token}${where}, and the bindings ${policy === "admits" ? "do not admit it" : "admit it"}`;
}
