import assert from "node:assert/strict";
import { markdownPages } from "./links";
import { readPage, sectionOf } from "./page";
import { typeErrors } from "./typeCheck";

/** The lab's page speaks of the lab, which is not published; what tools write of the public surface is no program. */
const PAGES = markdownPages()
  .filter((file) => !/^(lab|docs\/api|etc)\//.test(file))
  .map(readPage);

/** What the programs of day two take for granted, and those of the migration to Pod Identity. */
const DAY_TWO = `
import * as aws from "@pulumi/aws/provider";
import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import {
  adoptOidcProviders, FleetOidcProviders, IdentityMode, MultiClusterIrsa, ServiceAccountOwnership,
  type IrsaCluster, type ServiceAccountBinding,
} from "eks-irsa";
declare const blue: IrsaCluster, green: IrsaCluster, west: IrsaCluster, blueAnew: IrsaCluster;
declare const reader: ServiceAccountBinding;
declare const blueArn: string, rotatedKubeconfig: string;
declare const securityAccount: aws.ProviderArgs;
export {};
`;

const dayTwo =
  readPage("docs/day-two.md").text + sectionOf(readPage("docs/pod-identity.md"), "## The migration");

describe("docs: programs", () => {
  it("every program compiles against the package", function () {
    this.timeout(120_000);
    const programs = PAGES.flatMap(({ file, blocks }) =>
      blocks
        .filter(({ language }) => language === "ts")
        .map(({ line, text }) => [`${file}:${line}`, dayTwo.includes(text) ? DAY_TWO + text : text] as const),
    );
    assert.ok(programs.length > 25);
    assert.deepEqual(typeErrors(Object.fromEntries(programs)), []);
  });
});
