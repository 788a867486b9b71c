import type { LabAws, LabCluster } from "../types";
import { describeAwsCall, describeClusterCall, describeEksCall, type GateCall } from "./calls";
import { Gate, type Pass, type Target } from "./gate";
import type { Answer } from "../aws/query";

/** A call with its name among all: `aws CreateRole`, `ireland POST serviceaccounts/reader`; the second of a kind ends with `#2`. */
export interface NamedCall extends GateCall {
  key: string;
}

/** Which calls something is done with, and what. */
export interface Rule {
  applies: (call: NamedCall) => boolean;
  /** How many of these calls; default: all. */
  times?: number;
  /** Gives the answer, or nothing where the caller is to get none. */
  handle: (call: NamedCall, pass: Pass) => Promise<Answer | undefined>;
}

/** The gates before AWS and the clusters. Nothing is interfered with unless a rule says so. */
export class Gates {
  readonly #gates = new Map<string, Gate>();
  #rules: { rule: Rule; left: number }[] = [];
  #counts = new Map<string, number>();
  #seen: string[] = [];

  /** Opens a gate before each. `issuers` are the issuer URLs by the name of the cluster. */
  static async open(
    aws: Pick<LabAws, "endpointUrl">,
    clusters: readonly LabCluster[],
    issuers: Readonly<Record<string, string>>,
  ): Promise<Gates> {
    const gates = new Gates();
    const names = new Map(
      Object.entries(issuers).map(([name, issuer]) => [issuer.slice(issuer.lastIndexOf("/") + 1), name]),
    );
    const targets: Target[] = [
      {
        server: "aws",
        url: aws.endpointUrl,
        describe: (method, url, body) => describeEksCall(method, url, body) ?? describeAwsCall(body, names),
      },
      ...clusters.map(({ name, endpoint, caCertificate }) => ({
        server: name,
        url: endpoint,
        ca: caCertificate,
        describe: describeClusterCall,
      })),
    ];
    for (const target of targets) {
      const gate = new Gate(target, (call, pass) => gates.handle(call, pass));
      await gate.open();
      gates.#gates.set(target.server, gate);
    }
    return gates;
  }

  of(server: string): Gate {
    const gate = this.#gates.get(server);
    if (gate === undefined) throw new Error(`there is no gate before "${server}"`);
    return gate;
  }

  /** Replaces the rules; of several that apply to a call the first counts. */
  interfere(...rules: Rule[]): void {
    this.#rules = rules.map((rule) => ({ rule, left: rule.times ?? Infinity }));
  }

  /** Begins a new list of the calls. */
  forget(): void {
    this.#seen = [];
    this.#counts.clear();
  }

  /** The names of the calls since then, in the order in which they came. */
  seen(): readonly string[] {
    return this.#seen;
  }

  async close(): Promise<void> {
    for (const gate of this.#gates.values()) await gate.close();
  }

  private async handle(call: GateCall, pass: Pass): Promise<Answer | undefined> {
    const kind = `${call.server} ${call.name}`;
    const nth = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, nth);
    const key = nth === 1 ? kind : `${kind}#${nth}`;
    this.#seen.push(key);
    const named = { ...call, key };
    const found = this.#rules.find(({ rule, left }) => left > 0 && rule.applies(named));
    if (found === undefined) return pass();
    found.left--;
    return found.rule.handle(named, pass);
  }
}
