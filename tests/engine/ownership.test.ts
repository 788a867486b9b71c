import assert from "node:assert/strict";
import type { V1Pod, V1ServiceAccount } from "@kubernetes/client-node";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { MultiClusterIrsa, ServiceAccountOwnership, type ServiceAccountBinding } from "../../index";
import { changesOf, completedInOrder } from "../../lab/engine/journal";
import type { EngineStack, OperationFailed, OperationResult } from "../../lab/engine/workspace";
import { clusterApi } from "../../lab/kubernetes/client";
import { describeEngine, type Scope } from "./lab";
import { failureOf, podsIn, providerArn, serviceAccountsIn, TYPE } from "./support";

const { Create, Patch, None } = ServiceAccountOwnership;
const KEY = "eks.amazonaws.com/role-arn";
const THEIRS = "arn:aws:iam::123456789012:role/theirs";
const PATCH = "kubernetes:core/v1:ServiceAccountPatch";
/** Makes the Kubernetes plugin take over what exists already. */
const UPSERT = { environment: { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" } };

type Accounts = Record<string, V1ServiceAccount>;

/** A ServiceAccount as Helm 3 makes it. */
const byHelm = (name: string, annotations: Record<string, string> = {}): V1ServiceAccount => ({
  metadata: {
    name,
    labels: { "app.kubernetes.io/managed-by": "Helm", team: "web" },
    annotations: { "meta.helm.sh/release-name": "web", ...annotations },
  },
  imagePullSecrets: [{ name: "registry" }],
});

/** What of a ServiceAccount is somebody's. */
const contentOf = ({ metadata, imagePullSecrets }: V1ServiceAccount) => ({
  uid: metadata?.uid,
  labels: metadata?.labels,
  annotations: metadata?.annotations,
  imagePullSecrets,
});

/** What changes in the cluster, each as `<op> <kind> <name>`. */
const changed = (result: OperationResult) =>
  changesOf(result)
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ op, type, name }) => `${op} ${type.replace(/^.*:/, "")} ${name.replace(/^.*\//, "")}`)
    .sort();

describeEngine("engine: who owns a ServiceAccount", (newScope) => {
  let scope: Scope;
  let stack: EngineStack;
  let helms: Accounts;
  let refused: { atUp: OperationFailed; atPreview: OperationFailed; absent: OperationFailed };
  let up: OperationResult;
  let again: OperationResult;
  let deployed: Accounts;
  let pods: Record<string, V1Pod>;
  let second: { failure: OperationFailed; accounts: Accounts };
  let handed: { preview: OperationResult; up: OperationResult; accounts: Accounts };
  let taken: { failure: OperationFailed; up: OperationResult; accounts: Accounts };
  let left: Accounts;

  const accounts = () => serviceAccountsIn(scope.clusters.ireland, scope.namespace);
  const binding = (
    name: string,
    ownership: ServiceAccountOwnership,
    settings = {},
  ): ServiceAccountBinding => ({
    namespace: scope.namespace,
    name,
    ownership,
    settings,
  });
  const others = () => [
    binding("patched", Patch, { labels: { tier: "gold" } }),
    binding("forced", Patch, { forceConflicts: true }),
    binding("chart", None),
  ];
  /** With a second component that patches a ServiceAccount of the first one's, if that is asked for. */
  const program =
    (serviceAccounts: ServiceAccountBinding[], alsoPatched?: ServiceAccountBinding): PulumiFn =>
    () => {
      const { ireland } = scope.clusters;
      const irsa = new MultiClusterIrsa("app", { clusters: [ireland], serviceAccounts, samplePod: {} });
      if (alsoPatched) {
        const adopted = { ...ireland, oidcProviderArn: providerArn(scope.lab, ireland.issuerUrl) };
        new MultiClusterIrsa(
          "other",
          { clusters: [adopted], serviceAccounts: [alsoPatched] },
          { dependsOn: irsa },
        );
      }
      return Promise.resolve({ roleArn: irsa.roleArn, helmValues: irsa.helmValues });
    };

  before(async () => {
    scope = await newScope({ pods: true });
    const { namespace } = scope;
    const { core } = clusterApi(scope.clusters.ireland);
    for (const body of [byHelm("patched"), byHelm("forced", { [KEY]: THEIRS })]) {
      await core.createNamespacedServiceAccount({ namespace, body, fieldManager: "helm" });
    }
    helms = await accounts();

    const unforced = program([binding("forced", Patch)]);
    stack = await scope.open(unforced);
    refused = {
      atUp: await failureOf(stack.up()),
      atPreview: await failureOf(stack.preview()),
      absent: await failureOf(stack.preview(program([binding("absent", Patch)]))),
    };
    const settings = { automountServiceAccountToken: false, tokenExpiration: 3600 };
    const all = [binding("created", Create, settings), ...others()];
    up = await stack.up(program(all));
    again = await stack.preview(program(all));
    deployed = await accounts();
    pods = await podsIn(scope.clusters.ireland, namespace);
    second = {
      failure: await failureOf(stack.up(program(all, binding("patched", Patch)))),
      accounts: await accounts(),
    };
    const handing = program([binding("created", Patch, { tokenExpiration: 3600 }), ...others()]);
    handed = {
      preview: await stack.preview(handing),
      up: await stack.up(handing),
      accounts: await accounts(),
    };
    const taking = program([binding("created", Create, { tokenExpiration: 3600 }), ...others()]);
    const upserting = await scope.open(taking, UPSERT);
    taken = {
      failure: await failureOf(stack.up(taking)),
      up: await upserting.up(),
      accounts: await accounts(),
    };
    await upserting.destroy();
    left = await accounts();
  });

  it("a patch of what another manager has set is refused: at preview too, once the role's ARN is known", () => {
    for (const { message } of [refused.atUp, refused.atPreview]) {
      assert.match(message, /serviceAccounts\[0\]\.settings cannot be applied by "app\/ireland\/.*\/forced"/);
      assert.match(message, /annotations\["eks\.amazonaws\.com\/role-arn"\] .* another value, set by helm\./);
    }
  });

  it("a patch of what is not there is refused at preview", () => {
    assert.match(refused.absent.message, new RegExp(`resource '${scope.namespace}/absent' does not exist`));
    assert.deepEqual(Object.keys(deployed).sort(), ["created", "forced", "patched"]);
  });

  it("a patch adds its annotations and labels, and touches nothing else", () => {
    const { patched } = helms;
    assert.deepEqual(contentOf(deployed.patched!), {
      ...contentOf(patched!),
      labels: { ...patched!.metadata?.labels, tier: "gold" },
      annotations: { ...patched!.metadata?.annotations, [KEY]: up.outputs.roleArn },
    });
  });

  it("a patch by force takes over its own keys, which the object says", () => {
    const { forced } = helms;
    assert.deepEqual(contentOf(deployed.forced!), {
      ...contentOf(forced!),
      annotations: {
        ...forced!.metadata?.annotations,
        [KEY]: up.outputs.roleArn,
        "pulumi.com/patchForce": "true",
      },
    });
  });

  it("each patch has a field manager of its own", () => {
    const managers = [deployed.patched!, deployed.forced!].flatMap(({ metadata }) =>
      (metadata?.managedFields ?? []).flatMap(({ manager, operation }) =>
        operation === "Apply" && manager !== undefined ? [manager] : [],
      ),
    );
    assert.equal(new Set(managers).size, 2, managers.join(", "));
    for (const manager of managers) assert.match(manager, /^pulumi-kubernetes-[0-9a-f]{8}$/);
  });

  it("what is created has its settings", () => {
    const { metadata, automountServiceAccountToken } = deployed.created!;
    assert.deepEqual(metadata?.annotations, {
      [KEY]: up.outputs.roleArn,
      "eks.amazonaws.com/token-expiration": "3600",
    });
    assert.equal(automountServiceAccountToken, false);
  });

  it("sample pods get the role by a patch as by a ServiceAccount of ours, after it", () => {
    const names = Object.values(pods).map(({ spec }) => spec?.serviceAccountName);
    assert.deepEqual(names.sort(), ["created", "forced", "patched"]);
    for (const name of ["patched", "forced"]) {
      const full = `app/ireland/${scope.namespace}/${name}`;
      assert.ok(completedInOrder(up, { type: PATCH, name: full }, { type: TYPE.pod, name: full }));
    }
    for (const { status } of Object.values(pods)) {
      assert.ok(status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"));
    }
  });

  it("nothing is made for what is left to others, but values for their chart", () => {
    const values = up.outputs.helmValues as Record<string, Record<string, unknown>>;
    const named = (name: string) => ({ serviceAccount: { create: false, name } });
    const { namespace } = scope;
    assert.deepEqual(values, {
      ireland: {
        [`${namespace}/created`]: named("created"),
        [`${namespace}/patched`]: named("patched"),
        [`${namespace}/forced`]: named("forced"),
        [`${namespace}/chart`]: {
          serviceAccount: { create: true, name: "chart", annotations: { [KEY]: up.outputs.roleArn } },
        },
      },
    });
  });

  it("a second preview changes nothing", () => {
    assert.deepEqual(changesOf(again), []);
  });

  it("a second patch with another role is the API server's conflict, and leaves the first as it is", () => {
    assert.match(second.failure.message, /conflict with "pulumi-kubernetes-[0-9a-f]{8}"/);
    assert.match(second.failure.message, /\.metadata\.annotations\.eks\.amazonaws\.com\/role-arn/);
    assert.deepEqual(contentOf(second.accounts.patched!), contentOf(deployed.patched!));
  });

  it("what was created is let go when it is patched from now on: neither it nor its pod is made anew", () => {
    for (const result of [handed.preview, handed.up]) {
      const ofCreated = changed(result).filter((change) => change.endsWith(" created"));
      assert.deepEqual(ofCreated, ["create ServiceAccountPatch created"]);
    }
    assert.deepEqual(contentOf(handed.accounts.created!), contentOf(deployed.created!));
  });

  it("what was patched is not made in its place; taken over if that is asked of the plugin", () => {
    assert.match(taken.failure.message, /serviceaccounts "created" already exists/);
    assert.ok(changed(taken.up).includes("delete ServiceAccountPatch created"));
    assert.deepEqual(contentOf(taken.accounts.created!), contentOf(deployed.created!));
  });

  it("destroy takes our keys away, and leaves what others have made", () => {
    assert.deepEqual(Object.keys(left).sort(), ["forced", "patched"]);
    assert.deepEqual(contentOf(left.patched!), contentOf(helms.patched!));
    const { annotations, ...rest } = contentOf(left.forced!);
    assert.deepEqual(annotations, { "meta.helm.sh/release-name": "web" });
    assert.deepEqual(rest.labels, helms.forced!.metadata?.labels);
    assert.equal(rest.uid, helms.forced!.metadata?.uid);
  });
});
