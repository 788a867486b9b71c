import * as pulumi from "@pulumi/pulumi";
import { accessTable, type AccessRow } from "../trust/access";
import type { Decision } from "../trust/evaluate";
import { groupedBy } from "../trust/values";
import { IdentityMode, type TrustedPodIdentity } from "../trust/types";
import { exactBindingsOf } from "./bindings";
import { resourceHook, sharedHook } from "./hooks";
import type { ServiceAccountBinding } from "./types";

/** A cluster by all that a trust policy may know it by, today's or that of before. */
export interface KnownCluster {
  name: string;
  oidcProviderArn?: string;
  podIdentity?: TrustedPodIdentity;
}

type Way = IdentityMode.Irsa | IdentityMode.PodIdentity;
const OTHER: Record<Way, Way> = {
  Irsa: IdentityMode.PodIdentity,
  PodIdentity: IdentityMode.Irsa,
};
const CALLED: Record<Way, string> = { Irsa: "IRSA's tokens", PodIdentity: "Pod Identity" };

/**
 * Tells of a trust policy that stops accepting what pods still run with. The engine changes the role before anything that depends on it,
 * and deletes last, so what the role no longer accepts must have been out of use before.
 */
export class Narrowing {
  private readonly clusters: KnownCluster[] = [];
  /** The clusters that lose IRSA in this update. */
  private readonly withoutIrsa = new Set<string>();

  constructor(
    private readonly what: string,
    private readonly bindings: ServiceAccountBinding[],
    private readonly resource: pulumi.Resource,
  ) {}

  /** Adds a cluster once it is known; one whose issuer a preview does not know is left out. */
  add(cluster: pulumi.Output<KnownCluster>): void {
    cluster.apply((known) => this.clusters.push(known));
  }

  /** The hook that compares the role's trust policies before an update, in a preview too. */
  hook(name: string): pulumi.ResourceHookBinding {
    const compare = ({ oldInputs, newInputs }: pulumi.ResourceHookArgs) =>
      this.warnOfUpdate(oldInputs?.assumeRolePolicy, newInputs?.assumeRolePolicy);
    const watcher = { what: this.what, component: this.resource };
    const comparing = sharedHook<undefined, pulumi.ResourceHook>(watcher, "narrowing", (hookName) =>
      resourceHook(hookName, compare, { onDryRun: true }),
    );
    const hook = comparing(name, undefined);
    return hook ? { beforeUpdate: [hook] } : {};
  }

  /** Tells of an association that is only made in the update in which its cluster loses IRSA. */
  async warnOfNewAssociation(cluster: string, { namespace, name }: ServiceAccountBinding): Promise<void> {
    if (this.withoutIrsa.has(cluster)) {
      await this.tell(
        `cluster "${cluster}": the association of ${namespace}/${name} is made in the very update in which the role stops accepting IRSA's tokens, so no ` +
          "pod can have been made anew in between. Keep trusts at IdentityMode.Both in this update",
      );
    }
  }

  /** Tells of what a trust policy no longer admits that the one before it did. What a preview does not know is passed over. */
  async warnOfUpdate(before: unknown, after: unknown): Promise<void> {
    if (typeof before !== "string" || typeof after !== "string" || before === after) {
      return;
    }
    // A document is read once, and not for each cluster.
    const rowsOf = (policy: string) =>
      groupedBy(accessTable(policy, this.clusters, this.bindings), ({ cluster }) => cluster);
    const [had, has] = [rowsOf(before), rowsOf(after)];
    for (const { name } of this.clusters) {
      for (const reason of this.reasons(name, had.get(name) ?? [], has.get(name) ?? []))
        await this.tell(reason);
    }
  }

  private reasons(cluster: string, before: AccessRow[], after: AccessRow[]): string[] {
    const bound = new Set(exactBindingsOf(cluster, this.bindings).map(accountOf));
    const those = (rows: AccessRow[], way: Way, ...decisions: Decision[]) =>
      rows
        .filter(({ identity, decision }) => identity === way && decisions.includes(decision))
        .map(({ namespace, serviceAccount }) => accountOf({ namespace, name: serviceAccount }))
        .filter((account) => bound.has(account));
    return Object.values(OTHER).flatMap((way) => {
      // What hangs on a condition is not lost for all that is known here.
      const refused = new Set(those(after, way, "deny"));
      const lost = those(before, way, "allow").filter((account) => refused.has(account));
      const still = those(after, OTHER[way], "allow", "indeterminate");
      if (lost.length === 0) return [];
      if (!lost.every((account) => still.includes(account))) return [left(cluster, way, lost)];
      if (way === IdentityMode.Irsa) this.withoutIrsa.add(cluster);
      const had = those(before, OTHER[way], "allow");
      return [narrowed(cluster, way, lost, !lost.every((account) => had.includes(account)))];
    });
  }

  private tell(reason: string): Promise<void> {
    return pulumi.log.warn(`${this.what}: ${reason}`, this.resource);
  }
}

function accountOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}

/** The role trusts the cluster in no way any more: it moved to another shard, say, and its time there is over. */
function left(cluster: string, way: Way, lost: string[]): string {
  return `cluster "${cluster}": the role stops accepting ${CALLED[way]}, and accepts nothing else of it: pods of ${lost.join(", ")} that still run with this role lose it`;
}

function narrowed(cluster: string, way: Way, lost: string[], atOnce: boolean): string {
  const pods = `pods of ${lost.join(", ")}`;
  return atOnce
    ? `cluster "${cluster}": too early: the role stops accepting ${CALLED[way]} in the very update in which it begins accepting ${CALLED[OTHER[way]]}, and ` +
        `${pods} that run now lose it. Set trusts to IdentityMode.Both, make the pods anew, and narrow it in a later update`
    : `cluster "${cluster}": the role stops accepting ${CALLED[way]}: ${pods} that were not made anew since the cluster's identity is ` +
        `${OTHER[way]} lose it. Where some are left, keep trusts at IdentityMode.Both (kubectl rollout restart makes them anew)`;
}
