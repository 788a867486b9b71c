import { THERE } from "./requests";
import type { Example } from "./solver";

/** Whose request it is. */
export type Reading = TokenReading | AssociationReading | PrincipalReading;

/** Somebody who has a token of a ServiceAccount. */
export interface TokenReading {
  kind: "token";
  /** The cluster whose token it is; undefined when it is none of the clusters'. */
  cluster?: string;
  oidcProviderArn: string;
  issuer: string;
  subject: string;
  audience: string;
}

/** EKS, for an association of Pod Identity. */
export interface AssociationReading {
  kind: "association";
  /** The cluster that has the association; undefined when it is none of the clusters, or is not told. */
  cluster?: string;
  /** Undefined where the request does not tell it: with a base role and without session tags. */
  clusterArn?: string;
  /** Undefined, as ServiceAccount is, where the request does not tell it. */
  namespace?: string;
  serviceAccount?: string;
  sessionTags: boolean;
  /** The role that the association names; undefined when that is the role of the trust policy. */
  baseRoleArn?: string;
  /** What a base role without session tags tells instead. */
  externalId?: string;
}

/** A principal that no cluster has anything to do with. */
export interface PrincipalReading {
  kind: "principal";
  principal: string;
  sessionTags: boolean;
}

/** A request about which the trust policy and the bindings differ. */
export type Counterexample = Reading & {
  /** What the trust policy does; the bindings say the opposite. */
  policy: "admits" | "refuses";
  /**
   * What else is assumed of the request: condition keys in small letters with their values (false: it has none; true: it has
   * one, no matter which), and whether a condition holds that compares no texts.
   */
  assumed: Record<string, string | boolean>;
};

/** What an example of the solver's says, for a request of this reading. */
export function readExample(
  example: Example,
  policy: Counterexample["policy"],
  reading: Reading,
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
  if (reading.kind === "association" && reading.baseRoleArn !== undefined && !reading.sessionTags) {
    // The sentence says it already.
    delete assumed["sts:externalid"];
  }
  return { ...reading, policy, assumed };
}

/** The same as one sentence, which names the cluster and the ServiceAccount. */
export function sentence({ policy, assumed, ...reading }: Counterexample): string {
  const circumstances = Object.entries(assumed).map(([name, value]) =>
    typeof value === "string"
      ? `${name} is ${JSON.stringify(value)}`
      : name.includes(" ")
        ? `${value ? "it holds" : "it does not hold"} that ${name}`
        : `the request has ${value ? "a" : "no"} ${name}`,
  );
  const where = circumstances.length === 0 ? "" : ` where ${circumstances.join(" and ")}`;
  return `the trust policy ${policy} ${whose(reading)}${where}, and the bindings ${policy === "admits" ? "do not admit it" : "admit it"}`;
}

function whose(reading: Reading): string {
  switch (reading.kind) {
    case "token": {
      const { cluster, issuer, subject, audience } = reading;
      const of = cluster === undefined ? `issuer ${issuer}, which is no cluster's,` : `cluster "${cluster}"`;
      return `a token of ${of} with subject ${JSON.stringify(subject)} and audience ${JSON.stringify(audience)}`;
    }
    case "association":
      return association(reading);
    case "principal":
      return `${reading.principal}, which is no cluster's base role, ${reading.sessionTags ? "with" : "without"} session tags`;
  }
}

function association(reading: AssociationReading): string {
  const { cluster, clusterArn, namespace, serviceAccount, sessionTags, baseRoleArn, externalId } = reading;
  const tags = sessionTags ? "" : " without session tags";
  const by = baseRoleArn === undefined ? "" : ` through base role ${baseRoleArn}`;
  if (cluster === undefined && clusterArn === undefined) {
    const id = externalId === undefined ? "no external ID" : `external ID ${JSON.stringify(externalId)}`;
    return `an association by EKS Pod Identity${tags}${by} with ${id}`;
  }
  const of =
    cluster === undefined
      ? `cluster ${String(clusterArn)}, which is none of the clusters,`
      : `cluster "${cluster}"`;
  return namespace === undefined || serviceAccount === undefined
    ? `every association of ${of} by EKS Pod Identity${tags}${by}`
    : `an association of ${of} for ${shown(namespace)}/${shown(serviceAccount)} by EKS Pod Identity${tags}${by}`;
}

/** Quoted where it is no name that Kubernetes takes. */
function shown(name: string): string {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? name : JSON.stringify(name);
}
