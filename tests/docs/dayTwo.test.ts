import assert from "node:assert/strict";
import { readPage, sectionOf } from "./page";
import { typeErrors } from "./typeCheck";

/** What the section's programs take for granted. */
const GIVEN = `
import * as aws from "@pulumi/aws/provider";
import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import {
  adoptOidcProviders, FleetOidcProviders, MultiClusterIrsa, ServiceAccountOwnership,
  type IrsaCluster, type ServiceAccountBinding,
} from "eks-irsa";
declare const blue: IrsaCluster, green: IrsaCluster, west: IrsaCluster, blueAnew: IrsaCluster;
declare const reader: ServiceAccountBinding;
declare const blueArn: string, rotatedKubeconfig: string;
declare const securityAccount: aws.ProviderArgs;
export {};
`;

describe("README: day two", () => {
  const blocks = [...sectionOf(readPage("README.md"), "## Day two").matchAll(/^```ts\n([^]*?)^```$/gm)];

  it("has programs that a strict compiler takes", () => {
    assert.ok(blocks.length >= 20, `${blocks.length} programs`);
    const programs = blocks.map(([, code = ""], index): [string, string] => [
      `program ${index + 1} (${code.slice(0, 60)}…)`,
      GIVEN + code,
    ]);
    assert.deepEqual(typeErrors(Object.fromEntries(programs)), []);
  });
});
