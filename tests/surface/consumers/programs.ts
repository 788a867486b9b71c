/** A user's program, in a project of its own. */
export interface ConsumerProject {
  /** Files by name, beside package.json. */
  files: Record<string, string>;
  /** What package.json has beside its dependencies. */
  manifest: Record<string, unknown>;
  /** What runs, once it is compiled. */
  program: string;
}

/** What each program reads: a cluster, and where its ServiceAccount is to be. */
export interface ConsumerFleet {
  name: string;
  issuerUrl: string;
  kubeconfig: string;
  namespace: string;
}

/** Strict to the last switch, and every declaration is checked: those of the package as well. */
const STRICT = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2022"],
    module: "nodenext",
    moduleResolution: "nodenext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitOverride: true,
    isolatedModules: true,
    verbatimModuleSyntax: false,
    skipLibCheck: false,
    outDir: "bin",
  },
  files: ["index.ts"],
};

const TYPESCRIPT = `
import { readFileSync } from "node:fs";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import {
  evaluateTrust,
  findProblems,
  MultiClusterIrsa,
  TrustPolicyForm,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
  type MultiClusterIrsaOptions,
  type Problem,
} from "eks-irsa";

interface Fleet { name: string; issuerUrl: string; kubeconfig: string; namespace: string }
const fleet = JSON.parse(readFileSync("fleet.json", "utf8")) as Fleet;
const { name, issuerUrl, namespace } = fleet;

// The user's own provider, of the user's own copy of the SDK.
const provider = new Provider(name, { kubeconfig: fleet.kubeconfig, clusterIdentifier: name });
const cluster: IrsaCluster = { name, issuerUrl };
const args: MultiClusterIrsaArgs = {
  clusters: [cluster],
  serviceAccounts: [{ namespace, name: "reader" }],
  policyArns: { s3Read: pulumi.output("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess") },
  trust: { form: TrustPolicyForm.SubjectOnly },
};
const options: MultiClusterIrsaOptions = { clusterProviders: { [name]: provider } };
const problems: Problem[] = findProblems(args, options);
if (problems.length > 0) throw new Error(JSON.stringify(problems));
const irsa = new MultiClusterIrsa("app", args, options);

export const roleArn: pulumi.Output<string> = irsa.roleArn;
export const roleName: pulumi.Output<string> = irsa.roleName;
export const decision = pulumi
  .all([irsa.trustPolicyJson, irsa.oidcProviderArns])
  .apply(([json, arns]) =>
    evaluateTrust(JSON.parse(json), {
      oidcProviderArn: arns[name] ?? "",
      subject: \`system:serviceaccount:\${namespace}:reader\`,
      audience: "sts.amazonaws.com",
    }),
  )
  .apply(({ decision: answer }) => answer);
`;

const ESM = `
import { readFileSync } from "node:fs";
import { MultiClusterIrsa } from "eks-irsa";

const { name, issuerUrl, kubeconfig, namespace } = JSON.parse(readFileSync("fleet.json", "utf8"));
const irsa = new MultiClusterIrsa("app", {
  clusters: [{ name, issuerUrl, kubeconfig }],
  serviceAccounts: [{ namespace, name: "reader" }],
});

export const { roleArn, roleName } = irsa;
`;

const JAVASCRIPT = `
"use strict";
const { readFileSync } = require("node:fs");
const { MultiClusterIrsa } = require("eks-irsa");

const { name, issuerUrl, kubeconfig, namespace } = JSON.parse(readFileSync("fleet.json", "utf8"));
const irsa = new MultiClusterIrsa("app", {
  clusters: [{ name, issuerUrl, kubeconfig }],
  serviceAccounts: [{ namespace, name: "reader" }],
});

exports.roleArn = irsa.roleArn;
exports.roleName = irsa.roleName;
`;

export const PROJECTS = {
  "TypeScript strict": {
    files: { "index.ts": TYPESCRIPT, "tsconfig.json": JSON.stringify(STRICT) },
    manifest: {},
    program: "bin/index.js",
  },
  ESM: { files: { "index.js": ESM }, manifest: { type: "module" }, program: "index.js" },
  JavaScript: { files: { "index.js": JAVASCRIPT }, manifest: {}, program: "index.js" },
} satisfies Record<string, ConsumerProject>;
