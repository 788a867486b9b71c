import type { V1Pod } from "@kubernetes/client-node";
import type { IrsaCluster, MultiClusterIrsaArgs } from "../../index";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import type { LabCluster } from "../../lab/types";
import {
  answerTo,
  podHolder,
  whileExchanging,
  type Exchanged,
  type Holder,
  type NewPods,
  type PodHolder,
} from "./exchange";
import { irsaProgram, type Scope } from "./lab";
import { deletePod, makePod } from "./pods";
import { changesIn } from "./recipes";
import { podsIn } from "./support";

/** Set it to have each step of a migration told. */
const TOLD = process.env["MIGRATION_LOG"] === "1";

/** What of a cluster changes from step to step. */
export type Modes = Pick<IrsaCluster, "identity" | "trusts" | "installAgent">;

/** One `up`, with its preview before and another one after it. */
export interface Step extends Exchanged<OperationResult> {
  preview: OperationResult;
  up: OperationResult;
  again: OperationResult;
  /** The pods that ran during it. */
  pods: PodHolder[];
  /** Those that were born all the time during it, and asked at once. */
  newPods: NewPods[];
  /** The component's own sample pods after it, by cluster. */
  samples: Record<string, V1Pod[]>;
}

/** A fleet on its way between IRSA and Pod Identity, and a pod in each of its clusters. */
export class Migration {
  /** The pods that run. */
  pods: PodHolder[] = [];
  private roleArn = "";

  private constructor(
    readonly scope: Scope,
    private readonly fleet: LabCluster[],
    private readonly more: Partial<MultiClusterIrsaArgs>,
    private readonly stack: EngineStack,
  ) {}

  /** Deploys all clusters of the lab in a mode of each, and makes their pods. */
  static async start(
    scope: Scope,
    modes: (cluster: string) => Modes,
    more: Partial<MultiClusterIrsaArgs> = {},
  ): Promise<Migration> {
    const stack = await scope.open(() => Promise.resolve({}));
    const migration = new Migration(scope, scope.lab.clusters, more, stack);
    const first = await stack.up(migration.program(modes));
    migration.roleArn = String(first.outputs.roleArn);
    tell("deployed", { changes: countsOf(first) });
    await migration.restart();
    return migration;
  }

  get names(): string[] {
    return this.fleet.map(({ name }) => name);
  }

  /** Previews a step, does it while all pods that run, and new ones, exchange their tokens over and over, and previews it again. */
  async step(title: string, modes: (cluster: string) => Modes, others: Holder[] = []): Promise<Step> {
    const program = this.program(modes);
    const preview = await this.stack.preview(program);
    const newPods = this.names.map((cluster): NewPods => ({
      cluster,
      namespace: this.scope.namespace,
      name: "reader",
      newPods: true,
    }));
    const holders = [...this.pods, ...newPods, ...others];
    const exchanged = await whileExchanging(this.scope.lab, this.roleArn, holders, () =>
      this.stack.up(program),
    );
    const up = exchanged.result;
    const again = await this.stack.preview(program);
    const refusals = exchanged.refusalsOf(...holders);
    tell(title, { changes: countsOf(up), exchanges: exchanged.exchanges.length, refusals });
    const samples = await this.samplePods();
    return { ...exchanged, preview, up, again, pods: this.pods, newPods, samples };
  }

  /**
   * What the documentation calls making the pods anew: one more in each cluster, which is given credentials, and then the others go. Missed
   * pods stay. Resolves to the pods of before.
   */
  async restart({ missed = false } = {}): Promise<PodHolder[]> {
    const { lab, namespace } = this.scope;
    const old = this.pods;
    const made = await Promise.all(this.fleet.map((cluster) => makePod(cluster, namespace, "reader")));
    this.pods = made.map((pod) => podHolder(pod));
    const answers = await Promise.all(this.pods.map((pod) => answerTo(lab, this.roleArn, pod)));
    const refusals = answers.filter((answer) => answer !== "session");
    const ways = [...new Set(made.map(({ way }) => way))].join(" or ");
    tell(`  pods made anew, with ${ways}`, { exchanges: answers.length, refusals });
    if (refusals.length > 0) throw new Error(`new pods are refused: ${refusals.join(", ")}`);
    if (!missed) await Promise.all(old.map(({ pod }) => deletePod(pod)));
    return old;
  }

  private async samplePods(): Promise<Step["samples"]> {
    const found = this.fleet.map(async (cluster): Promise<[string, V1Pod[]]> => {
      const pods = Object.values(await podsIn(cluster, this.scope.namespace));
      const labelled = pods.filter(
        ({ metadata }) => metadata?.labels?.["app.kubernetes.io/name"] === "irsa-sample",
      );
      return [cluster.name, labelled];
    });
    return Object.fromEntries(await Promise.all(found));
  }

  private program(modes: (cluster: string) => Modes) {
    const usesPodIdentity = this.names.some((name) => modes(name).identity ?? modes(name).trusts);
    return irsaProgram({
      clusters: this.fleet.map(({ name, region }) => ({
        ...this.scope.clusters[name as keyof Scope["clusters"]],
        clusterName: name,
        region,
        ...modes(name),
      })),
      serviceAccounts: [{ namespace: this.scope.namespace, name: "reader" }],
      ...(usesPodIdentity && { podIdentity: { settleSeconds: 0 } }),
      ...this.more,
    });
  }
}

/** `update Role: 1, create Addon: 3` */
function countsOf(result: OperationResult): string {
  const counts = new Map<string, number>();
  for (const change of changesIn(result)) {
    const kind = change.slice(0, change.lastIndexOf(" "));
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${kind}: ${count}`).join(", ") || "none";
}

function tell(
  step: string,
  { changes, exchanges, refusals }: { changes?: string; exchanges?: number; refusals?: string[] },
): void {
  if (!TOLD) return;
  const kinds = [...new Set((refusals ?? []).map((refusal) => refusal.replace(/^.*\) /, "")))];
  const told = [
    step,
    ...(changes === undefined ? [] : [changes]),
    ...(exchanges === undefined ? [] : [`exchanges: ${exchanges}, refusals: ${refusals?.length ?? 0}`]),
    ...kinds.map((kind) => `    ${kind}`),
  ];
  console.log(told.join("\n  "));
}
