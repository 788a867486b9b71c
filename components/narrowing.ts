import * as pulumi from "@pulumi/pulumi";
import { accessTable } from "../trust/access";
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
 * Tells of a trust policy that stops to accept what pods still run with. The engine changes the role before anything that depends on it,
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
        `cluster "${cluster}": the association of ${namespace}/${name} is made in the very update in which the role stops to accept IRSA's tokens, so no ` +
          "pod can have been made anew in between. Keep trusts at IdentityMode.Both in this update",
      );
    }
  }

  /** Tells of what a trust policy no longer admits that the one before it did. What a preview does not know is passed over. */
  async warnOfUpdate(before: unknown, after: unknown): Promise<void> {
    if (typeof before !== "string" || typeof after !== "string" || before === after) {
      return;
    }
    for (const cluster of this.clusters) {
      for (const reason of this.reasons(cluster, before, after)) await this.tell(reason);
    }
  }

  private reasons(cluster: KnownCluster, before: string, after: string): string[] {
    const bindings = exactBindingsOf(cluster.name, this.bindings);
    const admitted = (policy: string, way: Way) =>
      accessTable(policy, [cluster], bindings)
        .filter(({ identity, decision }) => identity === way && decision === "allow")
        .map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
    return Object.values(OTHER).flatMap((way) => {
      const still = admitted(after, way);
      const lost = admitted(before, way).filter((account) => !still.includes(account));
      if (lost.length === 0) {
        return [];
      }
      if (way === IdentityMode.Irsa) this.withoutIrsa.add(cluster.name);
      const had = admitted(before, OTHER[way]);
      return [narrowed(cluster.name, way, lost, !lost.every((account) => had.includes(account)))];
    });
  }

  private tell(reason: string): Promise<void> {
    return pulumi.log.warn(`${this.what}: ${reason}`, this.resource);
  }
}

function narrowed(cluster: string, way: Way, lost: string[], atOnce: boolean): string {
  const pods = `pods of ${lost.join(", ")}`;
  return atOnce
    ? `cluster "${cluster}": too early: the role stops to accept ${CALLED[way]} in the very update in which it begins to accept ${CALLED[OTHER[way]]}, and ` +
        `${pods} that run now lose it. Set trusts to IdentityMode.Both, make the pods anew, and narrow it in a later update`
    : `cluster "${cluster}": the role stops to accept ${CALLED[way]}: ${pods} that were not made anew since the cluster's identity is ` +
        `${OTHER[way]} lose it. Where some are left, keep trusts at IdentityMode.Both (kubectl rollout restart makes them anew)`;
}
