import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readPage, ROOT, sectionOf } from "./page";
import { typeErrors } from "./typeCheck";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/arguments.md",
  "docs/day-two.md",
  "docs/README.md",
  "docs/performance.md",
  "docs/pod-identity.md",
  "docs/recovery.md",
  "docs/quick-start.md",
  "docs/sample-pods.md",
  "docs/trust-policy.md",
  "docs/troubleshooting.md",
  "examples/policy-pack/README.md",
  "lab/README.md",
].map(readPage);

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

describe("docs: programs and links", () => {
  it("every program compiles against the package", function () {
    this.timeout(120_000);
    const programs = PAGES.flatMap(({ file, blocks }) =>
      blocks
        // The lab's page speaks of the lab, which is not published.
        .filter(({ language }) => language === "ts" && !file.startsWith("lab/"))
        .map(({ line, text }) => [`${file}:${line}`, dayTwo.includes(text) ? DAY_TWO + text : text] as const),
    );
    assert.ok(programs.length > 25);
    assert.deepEqual(typeErrors(Object.fromEntries(programs)), []);
  });

  for (const { file, text } of PAGES) {
    it(`${file}: every link into the repository leads somewhere`, () => {
      const links = [...text.matchAll(/\]\(((?!https:)[^)\s]+)\)/g)].map(([, link = ""]) => link);
      const broken = links.filter((link) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? resolve(ROOT, file) : resolve(ROOT, dirname(file), path);
        return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
      });
      assert.deepEqual(broken, []);
    });
  }
});

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
