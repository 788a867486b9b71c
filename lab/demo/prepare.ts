import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../aws/clients";
import { clusterApi } from "../kubernetes/client";
import { pause } from "../supervisor/processes";
import type { LabCluster, LabDescription } from "../types";
import { BUCKET, NAMESPACES, outsidersOf } from "./fleet";
import { takesAssociations, type DemoIdentity } from "./identity";
import { makeIdlePod } from "./pods";

/**
 * Makes what the stack finds already there: a bucket with an object, namespaces, and the ServiceAccounts of outsiders. With Pod
 * Identity each of these has a pod, without which it has no token for it.
 */
export async function prepare(lab: LabDescription, identity: DemoIdentity): Promise<void> {
  const withPods = takesAssociations(identity);
  await Promise.all([
    makeBucket(lab),
    ...lab.clusters.map(async (cluster) => {
      await prepareCluster(cluster, outsidersOf(lab, cluster), withPods);
      await controllersHaveSeen(cluster);
    }),
    prepareCluster(lab.stranger, outsidersOf(lab, lab.stranger), withPods),
  ]);
}

async function makeBucket(lab: LabDescription): Promise<void> {
  const s3 = s3Client(lab.aws);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "hello", Body: "Hello from S3\n" }));
}

async function prepareCluster(
  cluster: LabCluster,
  accounts: { namespace: string; name: string }[],
  withPods: boolean,
): Promise<void> {
  const { core } = clusterApi(cluster);
  for (const name of NAMESPACES) {
    await core.createNamespace({ body: { metadata: { name } } });
  }
  for (const { namespace, name } of accounts) {
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
    if (withPods) {
      await makeIdlePod(cluster, { namespace, name });
    }
  }
}

/** The controllers put the ServiceAccount `default` into each new namespace: what the stack finds must be all there. */
async function controllersHaveSeen(cluster: LabCluster): Promise<void> {
  const { core } = clusterApi(cluster);
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { items } = await core.listServiceAccountForAllNamespaces({
      fieldSelector: "metadata.name=default",
    });
    const seen = new Set(items.map(({ metadata }) => metadata?.namespace));
    if (NAMESPACES.every((name) => seen.has(name))) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(`the controllers of ${cluster.name} made no ServiceAccount "default" within a minute`);
    }
    await pause(100);
  }
}
