import { randomBytes } from "node:crypto";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { MultiClusterIrsa, type IrsaCluster, type MultiClusterIrsaArgs } from "../../index";
import { openStack, type EngineStack, type EngineStackOptions } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { issuerUrlOf, newIssuerId } from "../../lab/kubernetes/clusters";
import { startLab, type Lab, type LabClusterName } from "../../lab/supervisor/client";
import type { LabCluster } from "../../lab/types";

/** A busy machine takes its time: this ends what hangs, and judges nothing. */
const PATIENCE = 10 * 60_000;
/** On a machine that has nothing yet, programs are built before a lab can start. */
const SET_UP_PATIENCE = 60 * 60_000;

let starting: Promise<Lab> | undefined;

/** The lab of this mocha process: started before the first test, stopped after the last. */
export function engineLab(): Promise<Lab> {
  return (starting ??= startLab());
}

before(async function () {
  this.timeout(SET_UP_PATIENCE);
  await engineLab();
});

after(async function () {
  this.timeout(PATIENCE);
  if (starting) await (await starting).stop();
});

/**
 * A lab cluster with an issuer of one test's own, since an account has one OIDC provider for each issuer; or, where pods are
 * to get credentials, with the issuer that its tokens really have.
 */
export interface TestCluster extends IrsaCluster {
  issuerUrl: string;
  kubeconfig: string;
}

/** What belongs to one test, so that no other can be in its way: a project, a namespace, and issuers. */
export interface Scope {
  lab: Lab;
  /** Name of the project; also good for a role's name. */
  project: string;
  /** A namespace in each of the lab's clusters. */
  namespace: string;
  clusters: Record<LabClusterName, TestCluster>;
  /** Opens the test's stack; what it still has at the end is destroyed. */
  open: (program: EngineStackOptions["program"], more?: Partial<EngineStackOptions>) => Promise<EngineStack>;
}

interface OwnedScope extends Scope {
  close(): Promise<void>;
}

/**
 * Makes a scope. With `pods`, its clusters have their real issuers; the stacks of the one that had them before are destroyed
 * first.
 */
type NewScope = (options?: { pods: boolean }) => Promise<Scope>;

let withRealIssuers: OwnedScope | undefined;

/** A `describe` for tests with the engine, and a way to get scopes, which are cleared away after them. */
export function describeEngine(title: string, body: (newScope: NewScope) => void): void {
  describe(title, function () {
    this.timeout(PATIENCE);
    const scopes: OwnedScope[] = [];
    after(async () => {
      for (const scope of scopes) await scope.close();
    });
    body(async ({ pods } = { pods: false }) => {
      if (pods) await withRealIssuers?.close();
      const scope = await newScope(pods);
      if (pods) withRealIssuers = scope;
      scopes.push(scope);
      return scope;
    });
  });
}

async function newScope(pods: boolean): Promise<OwnedScope> {
  const lab = await engineLab();
  const project = `engine-${randomBytes(4).toString("hex")}`;
  await Promise.all(lab.clusters.map((cluster) => makeNamespace(cluster, project)));
  const clusters = Object.fromEntries(
    lab.clusters.map((cluster) => {
      const issuerUrl = pods ? cluster.issuerUrl : issuerUrlOf({ ...cluster, issuerId: newIssuerId() });
      return [cluster.name, { name: cluster.name, issuerUrl, kubeconfig: cluster.kubeconfig }];
    }),
  ) as Scope["clusters"];
  const used = new Set<EngineStack>();
  return {
    lab,
    project,
    namespace: project,
    clusters,
    open: async (program, more = {}) => {
      const stack = await openStack({ lab, binaries: lab.binaries, project, program, ...more });
      return watched(stack, used);
    },
    close: async () => {
      for (const stack of used) await stack.destroy();
    },
  };
}

/** Keeps the stack in the set as long as it may have resources. */
function watched(stack: EngineStack, used: Set<EngineStack>): EngineStack {
  return {
    ...stack,
    up: (program) => {
      used.add(stack);
      return stack.up(program);
    },
    destroy: async () => {
      const result = await stack.destroy();
      used.delete(stack);
      return result;
    },
  };
}

/** Makes a namespace in a cluster. */
export async function makeNamespace(
  cluster: Pick<LabCluster, "kubeconfig">,
  name: string,
  labels: Record<string, string> = {},
): Promise<void> {
  await clusterApi(cluster).core.createNamespace({ body: { metadata: { name, labels } } });
}

/** A program that makes a `MultiClusterIrsa` called `app`, and exports all its outputs. */
export function irsaProgram(
  args: MultiClusterIrsaArgs,
  opts?: ConstructorParameters<typeof MultiClusterIrsa>[2],
): PulumiFn {
  const read = args.trust?.shards ? shardedOutputsOf : outputsOf;
  return () => Promise.resolve(read(new MultiClusterIrsa("app", args, opts)));
}

/** All outputs of a `MultiClusterIrsa` with shards, which has no one role. */
export function shardedOutputsOf(irsa: MultiClusterIrsa): Record<string, unknown> {
  const { roleArns, shardRoles, oidcProviderArns } = irsa;
  return { roleArns, shardRoles, oidcProviderArns };
}

/** All outputs of a `MultiClusterIrsa`. */
export function outputsOf(irsa: MultiClusterIrsa): Record<string, unknown> {
  const { roleArn, roleName, oidcProviderArns, trustPolicyJson, trustPolicySize } = irsa;
  return { roleArn, roleName, oidcProviderArns, trustPolicyJson, trustPolicySize };
}
