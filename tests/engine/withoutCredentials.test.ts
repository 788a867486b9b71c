import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { V1Pod, V1PodSpec } from "@kubernetes/client-node";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { ClusterOidcProvider, IrsaRole, MultiClusterIrsa, type TrustPolicy } from "../../index";
import { IdentityMode } from "../../trust/types";
import { ROLE_ARN_ANNOTATION } from "../../components/serviceAccountSettings";
import { proofPodSpec } from "../../components/proofPod";
import { samplePodScript } from "../../components/proofScript";
import { makeVerificationJob } from "../../components/verificationJob";
import { clusterApi, type ClusterApi } from "../../lab/kubernetes/client";
import type { OperationFailed } from "../../lab/engine/workspace";
import { describeEngine, outputsOf, type Scope } from "./lab";
import { failureOf, podsIn, providerArn, TYPE } from "./support";
import { federatedOf } from "../support/statements";

/**
 * A sample pod asks for a minute before it gives up. The real plugin's limit begins anew at each change of the pod, so of a
 * container that is started again and again it would see the end only when the pauses have become longer than the limit.
 */
const LIMIT = { create: "2m" };
const ONE_RUN = { restartPolicy: "Never" };
/** ServiceAccounts that are annotated too late. */
const EARLY = "early";
const JOB = "job";
const READINESS = { readinessProbe: { exec: { command: ["sh", "-c", 'test -f "$HOME/ready"'] } } };
const INJECTED = ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"];

/**
 * What gets no credentials, all at once, for each takes a minute: a cluster that the trust policy leaves out, and pods that
 * were there before their ServiceAccount was annotated.
 */
describeEngine("engine: pods without credentials", (newScope) => {
  let scope: Scope;
  let failed: OperationFailed;
  let pods: V1Pod[];
  let job: { pods: V1Pod[]; name: string };

  before(async () => {
    scope = await newScope({ pods: true });
    const race = await scope.open(raceProgram(scope), { project: `${scope.project}-race` });
    const roleArn = String((await race.up()).outputs.roleArn);
    const stack = await scope.open(withoutOneCluster(scope));
    [failed, pods, job] = await Promise.all([
      failureOf(stack.up()),
      earlyPods(scope, roleArn),
      healingJob(scope, roleArn),
    ]);
  });

  it("a cluster whose statement is gone from the trust policy fails `up`, with AWS's own words", () => {
    const message = failed.message;
    assert.match(message, /Not authorized to perform sts:AssumeRoleWithWebIdentity/);
    assert.match(message, new RegExp(`app/virginia-blue/${scope.namespace}/reader`));
    assert.match(message, new RegExp(`\\[Pod ${scope.namespace}/reader-irsa-sample-[0-9a-f]{8}\\]`));
    assert.match(message, /timed out waiting to be Ready/);
  });

  it("which names no other cluster: the pod there is ready", async () => {
    assert.doesNotMatch(failed.message, /app\/ireland/);
    const [pod] = Object.values(await podsIn(scope.clusters.ireland, scope.namespace));
    assert.equal(ready(pod!), "True");
  });

  it("a pod that was made before its ServiceAccount was annotated stays without, though its container starts again", () => {
    const [early] = pods;
    assert.deepEqual(injected(early!), []);
    assert.equal(ready(early!), "False");
    // Which of the two it misses first is up to the AWS CLI.
    assert.match(lastMessage(early!), /You must specify a region|Unable to locate credentials/);
  });

  it("and is not taken in by credentials that its node offers", () => {
    const withNode = pods[1]!;
    assert.deepEqual(injected(withNode), []);
    assert.equal(ready(withNode), "False");
    assert.match(lastMessage(withNode), /AWS calls this pod arn:aws:sts::\d+:assumed-role\/eks-node\/i-/);
    assert.match(lastMessage(withNode), /delete the pod and make it anew/);
  });

  it("the verification Job heals itself: a later pod of it is injected, and proves the role", () => {
    const states = job.pods.map((pod) => ({ phase: pod.status?.phase, injected: injected(pod).length }));
    assert.deepEqual(states.at(0), { phase: "Failed", injected: 0 });
    assert.deepEqual(states.at(-1), { phase: "Succeeded", injected: INJECTED.length });
    for (const pod of job.pods) assert.equal(pod.metadata?.ownerReferences?.[0]?.name, job.name);
  });
});

/** A role that trusts ServiceAccounts which the component does not make: these are to be annotated too late. */
function raceProgram({ clusters, namespace }: Scope): PulumiFn {
  return () => {
    const { name, issuerUrl } = clusters["virginia-green"];
    const provider = new ClusterOidcProvider("race", { issuerUrl });
    const role = new IrsaRole("race", {
      clusters: [{ name, oidcProviderArn: provider.arn }],
      serviceAccounts: [EARLY, JOB].map((account) => ({ namespace, name: account })),
    });
    return Promise.resolve({ roleArn: role.roleArn });
  };
}

const roleOf = (arn: string) => ({ arn, identity: IdentityMode.Irsa });

/** Two pods that come before the annotation, the second without the sample pod's guard against its node's credentials. */
async function earlyPods({ clusters, namespace }: Scope, roleArn: string): Promise<V1Pod[]> {
  const api = clusterApi(clusters["virginia-green"]);
  await api.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: EARLY } } });
  const guarded = proofPodSpec(
    EARLY,
    roleOf(roleArn),
    samplePodScript(IdentityMode.Irsa),
    {},
    READINESS,
  ) as V1PodSpec;
  const unguarded = structuredClone(guarded);
  const [container] = unguarded.containers;
  const others = container?.env?.filter(({ name }) => name !== "AWS_EC2_METADATA_DISABLED") ?? [];
  // Version 2 of the AWS CLI asks its node for the region too, version 1 does not.
  container!.env = [...others, { name: "AWS_DEFAULT_REGION", value: "us-east-1" }];
  const specs = { "early-guarded": guarded, "early-unguarded": unguarded };
  for (const [name, spec] of Object.entries(specs)) {
    await api.core.createNamespacedPod({ namespace, body: { metadata: { name }, spec } });
  }
  await annotate(api, namespace, EARLY, roleArn);
  return Promise.all(
    Object.keys(specs).map((name) =>
      until(
        () => api.core.readNamespacedPod({ namespace, name }),
        (pod) => (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0,
      ),
    ),
  );
}

/** A verification Job whose ServiceAccount is annotated when its first pod has failed. */
async function healingJob(scope: Scope, roleArn: string): Promise<{ pods: V1Pod[]; name: string }> {
  const { namespace, clusters, project } = scope;
  const { kubeconfig } = clusters["virginia-green"];
  const api = clusterApi({ kubeconfig });
  await api.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: JOB } } });
  const program: PulumiFn = () => {
    const provider = new kubernetes.Provider("green", { kubeconfig });
    const who = { namespace, name: JOB };
    return Promise.resolve({
      name: makeVerificationJob("job", who, roleOf(roleArn), {}, { provider }).metadata.name,
    });
  };
  const stack = await scope.open(program, { project: `${project}-job` });
  const up = stack.up();
  const podsOfJob = async () => {
    const pods = Object.values(await podsIn(clusters["virginia-green"], namespace));
    return pods
      .filter(({ spec }) => spec?.serviceAccountName === JOB)
      .sort((a, b) => Number(a.metadata?.creationTimestamp) - Number(b.metadata?.creationTimestamp));
  };
  const failing = until(podsOfJob, ([first]) => first?.status?.phase === "Failed");
  await Promise.race([failing, up]);
  await annotate(api, namespace, JOB, roleArn);
  const { outputs } = await up;
  return { pods: await podsOfJob(), name: String(outputs.name) };
}

async function annotate(
  { core }: ClusterApi,
  namespace: string,
  name: string,
  roleArn: string,
): Promise<void> {
  const body = await core.readNamespacedServiceAccount({ namespace, name });
  body.metadata!.annotations = { [ROLE_ARN_ANNOTATION]: roleArn };
  await core.replaceNamespacedServiceAccount({ namespace, name, body });
}

/** Looks again and again until it is as it should be; the test's own limit ends it. */
async function until<T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look();
    if (isSo(found)) return found;
    await pause(250);
  }
}

const ready = ({ status }: V1Pod) => status?.conditions?.find(({ type }) => type === "Ready")?.status;

const lastMessage = ({ status }: V1Pod) => {
  const [container] = status?.containerStatuses ?? [];
  return container?.lastState?.terminated?.message ?? container?.state?.terminated?.message ?? "";
};

/** Which of the webhook's variables a pod has. */
function injected({ spec }: V1Pod): string[] {
  const names = spec?.containers.flatMap(({ env = [] }) => env.map(({ name }) => name)) ?? [];
  return INJECTED.filter((name) => names.includes(name));
}

/** A stack of two clusters, of which a transform takes one out of the trust policy after the component has made it. */
function withoutOneCluster({ clusters, namespace, lab }: Scope): PulumiFn {
  const gone = providerArn(lab, clusters["virginia-blue"].issuerUrl);
  return () => {
    const irsa = new MultiClusterIrsa(
      "app",
      {
        clusters: [clusters.ireland, clusters["virginia-blue"]],
        serviceAccounts: [{ namespace, name: "reader" }],
        samplePod: {},
      },
      {
        transforms: [
          ({ type, props, opts }) => {
            if (type === TYPE.role) {
              const { Statement, ...rest } = JSON.parse(String(props.assumeRolePolicy)) as TrustPolicy;
              const kept = Statement.filter((statement) => federatedOf(statement) !== gone);
              assert.equal(kept.length, 1);
              const assumeRolePolicy = JSON.stringify({ ...rest, Statement: kept });
              return { props: { ...props, assumeRolePolicy }, opts };
            }
            if (type === TYPE.pod) {
              const spec = { ...(props.spec as object), ...ONE_RUN };
              return { props: { ...props, spec }, opts: { ...opts, customTimeouts: LIMIT } };
            }
            return undefined;
          },
        ],
      },
    );
    return Promise.resolve(outputsOf(irsa));
  };
}
