import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type {
  IrsaCluster,
  IrsaRoleArgs,
  IrsaRoleCluster,
  MultiClusterIrsaArgs,
  RoleSettings,
} from "../../index";
import {
  ASSOCIATION,
  ATTACHMENT,
  cluster,
  goodArgs,
  INLINE_POLICY,
  KUBERNETES,
  podIdentityCluster,
  PROVIDER,
  READER,
  ROLE,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { recordFailure, type Library } from "../support/recorder";

type Late = pulumi.Output<string>;
type Case = [path: string, guarded: string, make: (lib: Library, value: Late) => unknown];

const CLUSTER_ARN = "arn:aws:eks:us-east-1:123456789012:cluster/prod-blue";

const fleet =
  (args: (value: Late) => Partial<MultiClusterIrsaArgs>): Case[2] =>
  (lib, value) =>
    new lib.MultiClusterIrsa("app", goodArgs(args(value)));
const inCluster = (changes: (value: Late) => Partial<IrsaCluster>) =>
  fleet((value) => ({ clusters: [cluster("blue", "B", changes(value)), cluster("green", "C")] }));
const withBaseRole = (disableSessionTags: boolean) =>
  fleet((arn) => ({
    clusters: [podIdentityCluster("blue", "B", { baseRole: { arn, disableSessionTags } })],
  }));
const inRole = (role: (value: Late) => RoleSettings) => fleet((value) => ({ role: role(value) }));
const alone =
  (one: (value: Late) => Partial<IrsaRoleCluster>, more: Partial<IrsaRoleArgs> = {}): Case[2] =>
  (lib, value) =>
    new lib.IrsaRole("app", {
      clusters: [{ name: "blue", ...one(value) }],
      serviceAccounts: [READER],
      ...more,
    });

/** Each late value on which it hangs who has the role, what it may do, or where something is made. */
const CASES: Case[] = [
  ["clusters[0].issuerUrl", ROLE, inCluster((issuerUrl) => ({ issuerUrl }))],
  ["clusters[0].oidcProviderArn", ROLE, inCluster((oidcProviderArn) => ({ oidcProviderArn }))],
  // Without one the plugin would take the ambient kubeconfig.
  ["clusters[0].kubeconfig", KUBERNETES, inCluster((kubeconfig) => ({ kubeconfig }))],
  // Without a base role the cluster itself would be trusted.
  ["clusters[0].baseRole.arn", ROLE, withBaseRole(false)],
  ["clusters[0].baseRole.arn", ROLE, withBaseRole(true)],
  ["role.name", ROLE, inRole((name) => ({ name }))],
  ["role.path", ROLE, inRole((path) => ({ path }))],
  // Without a boundary the role would have more than was said.
  ["role.permissionsBoundaryArn", ROLE, inRole((permissionsBoundaryArn) => ({ permissionsBoundaryArn }))],
  ['policyArns["s3"]', ATTACHMENT, fleet((s3) => ({ policyArns: { s3 } }))],
  ['inlinePolicies["s3"]', INLINE_POLICY, fleet((s3) => ({ inlinePolicies: { s3 } }))],
  [
    "podIdentity.targetRoleArn",
    INLINE_POLICY,
    fleet((targetRoleArn) => ({
      clusters: [podIdentityCluster("blue", "B")],
      podIdentity: { targetRoleArn },
    })),
  ],
  [
    "podIdentity.policy",
    ASSOCIATION,
    fleet((policy) => ({
      clusters: [podIdentityCluster("blue", "B")],
      podIdentity: { disableSessionTags: true, allowClusterWideTrust: true, policy },
    })),
  ],
  ["clusters[0].oidcProviderArn", ROLE, alone((oidcProviderArn) => ({ oidcProviderArn }))],
  ["clusters[0].podIdentity.clusterArn", ROLE, alone((clusterArn) => ({ podIdentity: { clusterArn } }))],
  ...[false, true].map((disableSessionTags): Case => [
    "clusters[0].podIdentity.baseRole.arn",
    ROLE,
    alone((arn) => ({ podIdentity: { clusterArn: CLUSTER_ARN, baseRole: { arn, disableSessionTags } } })),
  ]),
  ["issuerUrl", PROVIDER, (lib, issuerUrl) => new lib.ClusterOidcProvider("blue", { issuerUrl })],
  ["roleArn", SERVICE_ACCOUNT, (lib, roleArn) => new lib.IrsaServiceAccount("app", { ...READER, roleArn })],
  [
    "namespace",
    SERVICE_ACCOUNT,
    (lib, namespace) =>
      new lib.IrsaServiceAccount("app", {
        name: "s3-reader",
        namespace,
        roleArn: "arn:aws:iam::123456789012:role/reader",
      }),
  ],
];

describe("a late value that comes to nothing", () => {
  for (const [index, [path, guarded, make]] of CASES.entries()) {
    for (const nothing of [undefined, null, ""]) {
      for (const preview of [true, false]) {
        const when = preview ? "a preview" : "up";
        it(`${index}. ${path}: ${String(nothing)} is told in ${when}, and nothing is made of it`, async () => {
          const value = pulumi.output(Promise.resolve(nothing)) as unknown as Late;
          const recording = await recordFailure((lib) => make(lib, value), { preview });
          const messages = recording.errors.map(({ message }) => message);
          assert.ok(messages.length > 0);
          for (const message of messages) assert.match(message, /one problem in its arguments\n {2}- /);
          assert.ok(
            messages.some((message) => message.includes(`  - ${path} `)),
            messages.join("\n"),
          );
          const blue = recording.of(guarded).filter(({ name }) => !name.includes("green"));
          assert.deepEqual(
            blue.map(({ name }) => name),
            [],
          );
        });
      }
    }
  }
});
