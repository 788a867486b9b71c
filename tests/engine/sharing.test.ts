import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { adoptOidcProviders, FleetOidcProviders, MultiClusterIrsa, type TrustPolicy } from "../../index";
import { changesOf, completedInOrder, stepsOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { federatedOf } from "../support/statements";
import { describeEngine, outputsOf, type Scope } from "./lab";
import { failureOf, providerArn, providerInIam, roleInIam, TYPE } from "./support";

const NAMES = ["ireland", "virginia-blue"] as const;

function arnsIn({ lab, clusters }: Scope): string[] {
  return NAMES.map((name) => providerArn(lab, clusters[name].issuerUrl));
}

/** The providers that a trust policy trusts. */
function trustedBy(document: unknown): string[] {
  return (JSON.parse(String(document)) as TrustPolicy).Statement.map(federatedOf);
}

/** What a role in IAM trusts. */
async function trustedInIam({ lab }: Scope, roleName: unknown): Promise<string[]> {
  return trustedBy((await roleInIam(lab, String(roleName)))?.trustPolicy);
}

/** The clusters without what is known only where their providers are made. */
const bareClusters = ({ clusters }: Scope) =>
  NAMES.map((name) => ({ name, kubeconfig: clusters[name].kubeconfig }));

function made(result: OperationResult): string[] {
  return stepsOf(result, { op: "create", type: TYPE.oidcProvider }).map(({ name }) => name);
}

describeEngine("engine: two roles over the same clusters in one program", (newScope) => {
  let scope: Scope;
  let preview: OperationResult;
  let up: OperationResult;
  let again: OperationResult;
  let destroyed: OperationResult;
  let trusted: string[][];
  let twice: string;

  const program =
    (adopting: boolean): PulumiFn =>
    () => {
      const clusters = NAMES.map((name) => scope.clusters[name]);
      const fleet = new FleetOidcProviders("fleet", { clusters });
      const irsa = (name: string, reader: string, shared = true) =>
        new MultiClusterIrsa(name, {
          clusters: shared ? adoptOidcProviders(clusters, fleet.oidcProviderArns) : clusters,
          serviceAccounts: [{ namespace: scope.namespace, name: reader }],
        });
      const [one, other] = [irsa("one", "reader"), irsa("other", "writer", adopting)];
      return Promise.resolve({ one: outputsOf(one), other: outputsOf(other) });
    };

  before(async () => {
    scope = await newScope();
    const stack = await scope.open(program(true));
    twice = (await failureOf(stack.preview(program(false)))).message;
    preview = await stack.preview();
    up = await stack.up();
    const roles = Object.values(up.outputs) as { roleName: string }[];
    trusted = await Promise.all(roles.map(({ roleName }) => trustedInIam(scope, roleName)));
    again = await stack.preview();
    destroyed = await stack.destroy();
  });

  it("makes each provider once, and both roles trust it", () => {
    assert.deepEqual(made(up).sort(), ["fleet/ireland", "fleet/virginia-blue"]);
    assert.deepEqual(trusted, [arnsIn(scope), arnsIn(scope)]);
  });

  it("shows both trust policies in the first preview", () => {
    const shown = stepsOf(preview, { type: TYPE.role }).map(({ newInputs }) =>
      trustedBy(newInputs?.assumeRolePolicy),
    );
    assert.deepEqual(shown, [arnsIn(scope), arnsIn(scope)]);
  });

  it("makes the providers before the roles, changes nothing afterwards, and deletes the roles first", () => {
    const of = (op: string) =>
      [
        { op, type: TYPE.oidcProvider },
        { op, type: TYPE.role },
      ] as const;
    assert.ok(completedInOrder(up, ...of("create")));
    assert.deepEqual(changesOf(again), []);
    const [provider, role] = of("delete");
    assert.ok(completedInOrder(destroyed, role, provider));
  });

  it("a second component that makes them too is refused in the preview, and both are named", () => {
    assert.match(twice, /MultiClusterIrsa "other": one problem in its arguments/);
    assert.match(
      twice,
      /is made by FleetOidcProviders "fleet" \(clusters\[\d\]\.issuerUrl\) in this program already/,
    );
    assert.match(twice, /adopt that one here, with adoptOidcProviders\(clusters, first\.oidcProviderArns\)/);
  });
});

describeEngine("engine: a role's OIDC providers become a component of their own", (newScope) => {
  let scope: Scope;
  let moved: OperationResult[];
  let settled: OperationResult;
  let atFirst: Awaited<ReturnType<typeof providersInIam>>;
  let afterwards: Awaited<ReturnType<typeof providersInIam>>;

  const providersInIam = () =>
    Promise.all(NAMES.map((name) => providerInIam(scope.lab, scope.clusters[name].issuerUrl)));

  const program =
    (step: "together" | "taking over" | "apart"): PulumiFn =>
    () => {
      const clusters = NAMES.map((name) => scope.clusters[name]);
      const takeOver = (oidcProviderArn: string) => ({ oidcProviderArn, importOidcProvider: true });
      const listed = clusters.map((cluster, index) => ({
        ...cluster,
        ...(step === "taking over" && takeOver(arnsIn(scope)[index] ?? "")),
      }));
      const shared =
        step === "together"
          ? clusters
          : adoptOidcProviders(
              listed,
              new FleetOidcProviders("fleet", { clusters: listed }).oidcProviderArns,
            );
      const irsa = new MultiClusterIrsa("app", {
        clusters: shared,
        serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
      });
      return Promise.resolve(outputsOf(irsa));
    };

  before(async () => {
    scope = await newScope();
    const stack = await scope.open(program("together"));
    await stack.up();
    atFirst = await providersInIam();
    moved = [await stack.preview(program("taking over")), await stack.up(program("taking over"))];
    afterwards = await providersInIam();
    settled = await stack.up(program("apart"));
  });

  it("in one step: the new one takes them over while the old one lets go, and nothing is deleted", () => {
    for (const result of moved) {
      const providers = stepsOf(result, { type: TYPE.oidcProvider });
      assert.deepEqual(
        providers.map(({ op, name }) => `${op} ${name}`).sort(),
        ["import", "read"].flatMap((op) =>
          NAMES.map((name) => `${op} ${op === "import" ? "fleet" : "app"}/${name}`),
        ),
      );
      assert.deepEqual(
        stepsOf(result, { type: TYPE.role }).map(({ op }) => op),
        ["same"],
      );
    }
    assert.ok(atFirst.every((provider) => provider !== undefined));
    assert.deepEqual(afterwards, atFirst);
  });

  it("and nothing changes when the arguments for it are left out", () => {
    assert.deepEqual(changesOf(settled), []);
  });
});

describeEngine("engine: two roles over the same clusters in two stacks, and in two projects", (newScope) => {
  let scope: Scope;
  let fleet: EngineStack;
  const previews: OperationResult[] = [];
  const ups: OperationResult[] = [];
  const trusted: string[][] = [];
  let unknown: string;
  let roleAfterwards: string[];
  let destroyedRoles: OperationResult[];
  let providersLeft: unknown[];
  let destroyed: OperationResult;

  const fleetProgram: PulumiFn = () => {
    const clusters = NAMES.map((name) => scope.clusters[name]);
    const { oidcProviderArns } = new FleetOidcProviders("fleet", { clusters });
    return Promise.resolve({ oidcProviderArns });
  };

  /** A program that knows the clusters' names and nothing of their issuers. */
  const roleProgram =
    (reader: string, more: { name: string }[] = []): PulumiFn =>
    () => {
      const providers = new pulumi.StackReference(`organization/${scope.project}/fleet`);
      const clusters = [...bareClusters(scope), ...more.map((one) => ({ ...one, kubeconfig: "k" }))];
      const irsa = new MultiClusterIrsa("app", {
        clusters: adoptOidcProviders(clusters, providers.requireOutput("oidcProviderArns")),
        serviceAccounts: [{ namespace: scope.namespace, name: reader }],
      });
      return Promise.resolve(outputsOf(irsa));
    };

  before(async () => {
    scope = await newScope();
    const stateDirectory = join(scope.lab.directory, "pulumi", `${scope.project}-state`);
    fleet = await scope.open(fleetProgram, { stack: "fleet", stateDirectory });
    await fleet.up();
    const stacks = [
      await scope.open(roleProgram("reader"), { stack: "app", stateDirectory }),
      await scope.open(roleProgram("writer"), { project: `${scope.project}-other`, stateDirectory }),
    ];
    for (const stack of stacks) {
      previews.push(await stack.preview());
      const up = await stack.up();
      ups.push(up);
      trusted.push(await trustedInIam(scope, up.outputs.roleName));
    }
    unknown = (await failureOf(stacks[0]!.preview(roleProgram("reader", [{ name: "stranger" }])))).message;
    destroyedRoles = [await stacks[0]!.destroy()];
    roleAfterwards = await trustedInIam(scope, ups[1]!.outputs.roleName);
    destroyedRoles.push(await stacks[1]!.destroy());
    providersLeft = await Promise.all(
      NAMES.map((name) => providerInIam(scope.lab, scope.clusters[name].issuerUrl)),
    );
    destroyed = await fleet.destroy();
  });

  it("each role trusts the providers that the other stack made, and makes none", () => {
    assert.deepEqual(trusted, [arnsIn(scope), arnsIn(scope)]);
    assert.deepEqual(ups.flatMap(made), []);
  });

  it("each preview shows the complete trust policy", () => {
    previews.forEach((preview, index) => {
      const [role, ...others] = stepsOf(preview, { type: TYPE.role });
      assert.deepEqual(others, []);
      assert.equal(role?.newInputs?.assumeRolePolicy, ups[index]?.outputs.trustPolicyJson);
    });
  });

  it("a cluster that the other stack does not have is an error that lists those that it has", () => {
    assert.match(unknown, /no ARN for cluster "stranger" \(there are "ireland", "virginia-blue"\)/);
  });

  it("a role's stack is destroyed without touching providers or the other role", () => {
    for (const result of destroyedRoles) {
      assert.deepEqual(stepsOf(result, { op: "delete", type: TYPE.oidcProvider }), []);
    }
    assert.deepEqual(roleAfterwards, arnsIn(scope));
    assert.ok(providersLeft.every((provider) => provider !== undefined));
  });

  it("the providers go with the stack that made them, last", async () => {
    assert.equal(stepsOf(destroyed, { op: "delete", type: TYPE.oidcProvider }).length, NAMES.length);
    for (const name of NAMES) {
      assert.equal(await providerInIam(scope.lab, scope.clusters[name].issuerUrl), undefined);
    }
  });
});
