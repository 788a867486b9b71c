import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MultiClusterIrsaArgs } from "../../index";
import {
  ATTACHMENT,
  cluster,
  FLEET,
  goodArgs,
  INLINE_POLICY,
  KUBERNETES,
  late,
  POD,
  PROVIDER,
  READER,
  ROLE,
  S3_READ,
  SERVICE_ACCOUNT,
} from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";
import { type Library, record, type Recording, valueOf } from "../support/recorder";

const WRITER = { namespace: "jobs", name: "writer", clusters: ["green", "ireland"] };
const INLINE = '{"Version":"2012-10-17","Statement":[]}';

/** Three clusters, the last with an adopted provider; two bindings, the second in two of the clusters. */
const ARGS: MultiClusterIrsaArgs = {
  clusters: [
    cluster("green", "B"),
    cluster("blue", "A", { thumbprints: ["0".repeat(40)] }),
    {
      ...cluster("ireland", "C", { issuerUrl: eksIssuer("C", "eu-west-1") }),
      oidcProviderArn: providerArn(eksIssuer("C", "eu-west-1")),
    },
  ],
  serviceAccounts: [READER, WRITER],
  policyArns: { s3Read: S3_READ, own: "arn:aws:iam::123456789012:policy/own" },
  inlinePolicies: { queue: INLINE },
  samplePod: {},
  tags: { team: "data" },
};
const ROLE_ARN = "arn:aws:iam::123456789012:role/app-1a2b3c4";

/** A statement of the trust policy, typed by hand. */
const statement = (host: string, subjects: string) =>
  `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/${host}"},` +
  `"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"${host}:aud":"sts.amazonaws.com","${host}:sub":${subjects}}}}`;
const ONE = '"system:serviceaccount:default:s3-reader"';
const BOTH = '["system:serviceaccount:default:s3-reader","system:serviceaccount:jobs:writer"]';
const TRUST_POLICY = `{"Version":"2012-10-17","Statement":[${[
  statement(`oidc.eks.us-east-1.amazonaws.com/id/${"A".repeat(32)}`, ONE),
  statement(`oidc.eks.us-east-1.amazonaws.com/id/${"B".repeat(32)}`, BOTH),
  statement(`oidc.eks.eu-west-1.amazonaws.com/id/${"C".repeat(32)}`, BOTH),
].join(",")}]}`;

describe("MultiClusterIrsa: three clusters, two bindings", () => {
  let recording: Recording;
  let irsa: InstanceType<Library["MultiClusterIrsa"]>;
  before(async () => {
    ({ recording, result: irsa } = await record((lib) => new lib.MultiClusterIrsa("app", ARGS)));
  });
  const inputsOf = (type: string) =>
    Object.fromEntries(recording.of(type).map(({ name, inputs }) => [name, inputs]));

  it("makes these resources and no others, each with a URN of its own", () => {
    const names = recording.resources.map(({ urn }) => recording.label(urn)).sort();
    assert.deepEqual(names, [
      "MultiClusterIrsa app",
      "OpenIdConnectProvider app/blue",
      "OpenIdConnectProvider app/green",
      "Pod app/blue/default/s3-reader",
      "Pod app/green/default/s3-reader",
      "Pod app/green/jobs/writer",
      "Pod app/ireland/default/s3-reader",
      "Pod app/ireland/jobs/writer",
      "Role app",
      "RolePolicy app/queue",
      "RolePolicyAttachment app/own",
      "RolePolicyAttachment app/s3Read",
      "ServiceAccount app/blue/default/s3-reader",
      "ServiceAccount app/green/default/s3-reader",
      "ServiceAccount app/green/jobs/writer",
      "ServiceAccount app/ireland/default/s3-reader",
      "ServiceAccount app/ireland/jobs/writer",
      "kubernetes app/blue",
      "kubernetes app/green",
      "kubernetes app/ireland",
    ]);
    assert.equal(new Set(recording.resources.map(({ urn }) => urn)).size, names.length);
  });

  it("asks AWS one thing: which account it is", () => {
    assert.deepEqual(recording.invokes, [
      { token: "aws:index/getCallerIdentity:getCallerIdentity", inputs: {}, provider: "" },
    ]);
  });

  it("everything is a child of the component, and nothing has an explicit AWS provider", () => {
    const { urn } = recording.one(FLEET);
    for (const resource of recording.resources.filter(({ type }) => type !== FLEET)) {
      assert.equal(resource.parent, urn, resource.name);
      if (resource.type.startsWith("aws:")) {
        assert.equal(resource.provider, "", resource.name);
      }
    }
  });

  it("records names and issuers as its own inputs, and no kubeconfig", () => {
    assert.deepEqual(recording.one(FLEET).inputs, {
      clusters: [
        { name: "green", issuerUrl: eksIssuer("B") },
        { name: "blue", issuerUrl: eksIssuer("A") },
        { name: "ireland", issuerUrl: eksIssuer("C", "eu-west-1") },
      ],
      serviceAccounts: [READER, WRITER],
    });
  });

  it("creates the providers that are not adopted, with exactly the audience of IRSA", () => {
    assert.deepEqual(inputsOf(PROVIDER), {
      "app/green": {
        url: eksIssuer("B"),
        clientIdLists: ["sts.amazonaws.com"],
        tags: { team: "data" },
      },
      "app/blue": {
        url: eksIssuer("A"),
        clientIdLists: ["sts.amazonaws.com"],
        thumbprintLists: ["0".repeat(40)],
        tags: { team: "data" },
      },
    });
  });

  it("creates one role that trusts the bound ServiceAccounts of all", () => {
    assert.deepEqual(inputsOf(ROLE), { app: { assumeRolePolicy: TRUST_POLICY, tags: { team: "data" } } });
  });

  it("keys its policies by the user's keys", () => {
    assert.deepEqual(inputsOf(ATTACHMENT), {
      "app/s3Read": { role: "app-1a2b3c4", policyArn: S3_READ },
      "app/own": { role: "app-1a2b3c4", policyArn: "arn:aws:iam::123456789012:policy/own" },
    });
    assert.deepEqual(inputsOf(INLINE_POLICY), {
      "app/queue": { role: "app-1a2b3c4", name: "queue", policy: INLINE },
    });
  });

  it("makes a provider of each kubeconfig, which is secret, and ties it to the issuer", () => {
    const provider = (name: string, clusterIdentifier: string) => ({
      kubeconfig: { secret: `kubeconfig of ${name}` },
      clusterIdentifier,
    });
    assert.deepEqual(inputsOf(KUBERNETES), {
      "app/green": provider("green", eksIssuer("B")),
      "app/blue": provider("blue", eksIssuer("A")),
      "app/ireland": provider("ireland", eksIssuer("C", "eu-west-1")),
    });
  });

  it("takes a kubeconfig that is an object, as @pulumi/eks and Pulumi YAML have it, for its text", async () => {
    const kubeconfig = { apiVersion: "v1", users: [{ name: "me" }] } as unknown as string;
    for (const given of [kubeconfig, late(kubeconfig), pulumi.secret(kubeconfig)]) {
      const { recording: made } = await record(
        (lib) =>
          new lib.MultiClusterIrsa(
            "app",
            goodArgs({ clusters: [cluster("blue", "B", { kubeconfig: given })] }),
          ),
      );
      assert.deepEqual(made.one(KUBERNETES).inputs.kubeconfig, { secret: JSON.stringify(kubeconfig) });
    }
  });

  it("shows no kubeconfig anywhere but there", () => {
    for (const { type, name, inputs } of recording.resources) {
      const secret = type === KUBERNETES ? { kubeconfig: undefined } : {};
      assert.doesNotMatch(JSON.stringify({ ...inputs, ...secret }), /kubeconfig of/, name);
    }
    assert.doesNotMatch(JSON.stringify([...recording.outputs]), /kubeconfig/);
  });

  it("annotates a ServiceAccount for each binding and cluster, in that cluster", () => {
    const account = (namespace: string, name: string) => ({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { namespace, name, annotations: { "eks.amazonaws.com/role-arn": ROLE_ARN } },
    });
    assert.deepEqual(inputsOf(SERVICE_ACCOUNT), {
      "app/green/default/s3-reader": account("default", "s3-reader"),
      "app/green/jobs/writer": account("jobs", "writer"),
      "app/blue/default/s3-reader": account("default", "s3-reader"),
      "app/ireland/default/s3-reader": account("default", "s3-reader"),
      "app/ireland/jobs/writer": account("jobs", "writer"),
    });
    for (const { name, provider } of [...recording.of(SERVICE_ACCOUNT), ...recording.of(POD)]) {
      assert.equal(recording.label(provider), `kubernetes app/${name.split("/")[1] ?? ""}`);
    }
  });

  it("has each wait for what it needs, and for nothing else", () => {
    const needs = Object.fromEntries(
      recording.resources.map(({ urn, dependencies }) => [
        recording.label(urn),
        dependencies.map((dependency) => recording.label(dependency)).sort(),
      ]),
    );
    const complete = [
      "Role app",
      "RolePolicy app/queue",
      "RolePolicyAttachment app/own",
      "RolePolicyAttachment app/s3Read",
    ];
    const places = ["green/default/s3-reader", "green/jobs/writer", "blue/default/s3-reader"];
    places.push("ireland/default/s3-reader", "ireland/jobs/writer");
    assert.deepEqual(needs, {
      "MultiClusterIrsa app": [],
      "OpenIdConnectProvider app/blue": [],
      "OpenIdConnectProvider app/green": [],
      "kubernetes app/blue": [],
      "kubernetes app/green": [],
      "kubernetes app/ireland": [],
      "Role app": ["blue", "green", "ireland"].map((name) => `OpenIdConnectProvider app/${name}`),
      "RolePolicy app/queue": ["Role app"],
      "RolePolicyAttachment app/own": ["Role app"],
      "RolePolicyAttachment app/s3Read": ["Role app"],
      ...Object.fromEntries(places.map((place) => [`ServiceAccount app/${place}`, complete])),
      ...Object.fromEntries(
        places.map((place) => [`Pod app/${place}`, ["Role app", `ServiceAccount app/${place}`]]),
      ),
    });
  });

  it("gives out the role, the providers, the trust policy with its size and the annotations, and beside the state values for Helm", async () => {
    const named = (name: string) => ({ serviceAccount: { create: false, name } });
    const outputs = {
      roleArn: ROLE_ARN,
      roleName: "app-1a2b3c4",
      oidcProviderArns: {
        green: providerArn(eksIssuer("B")),
        blue: providerArn(eksIssuer("A")),
        ireland: providerArn(eksIssuer("C", "eu-west-1")),
      },
      trustPolicyJson: TRUST_POLICY,
      trustPolicySize: TRUST_POLICY.length,
      serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": ROLE_ARN },
      roleArns: { green: ROLE_ARN, blue: ROLE_ARN, ireland: ROLE_ARN },
      shardRoles: {},
    };
    const perServiceAccount = {
      associationIds: {},
      helmValues: {
        green: { "default/s3-reader": named("s3-reader"), "jobs/writer": named("writer") },
        blue: { "default/s3-reader": named("s3-reader") },
        ireland: { "default/s3-reader": named("s3-reader"), "jobs/writer": named("writer") },
      },
    };
    assert.deepEqual(recording.outputs.get(recording.one(FLEET).urn), outputs);
    for (const [key, expected] of Object.entries({ ...outputs, ...perServiceAccount })) {
      assert.deepEqual(await valueOf<unknown>(irsa[key as keyof typeof outputs]), expected, key);
    }
  });
});
