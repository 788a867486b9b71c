import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeEngine, type Scope } from "../../engine/lab";
import { providerArn, roleInIam, serviceAccountsIn } from "../../engine/support";
import type { EngineStackOptions } from "../../../lab/engine/types";
import { evaluateTrust } from "../../../index";
import { consumer, type Consumer } from "../../support/consumers";
import { command } from "../npm";
import { install, operate, placesIn, type Installed } from "./project";
import { PROJECTS, type ConsumerProject } from "./programs";

const projects = Object.entries<ConsumerProject>(PROJECTS) as [Consumer, ConsumerProject][];

for (const [name, project] of projects) {
  describeEngine(`surface: the tarball in a project of a consumer: ${name}`, (newScope) => {
    consumer(name);
    let installed: Installed;
    let scope: Scope;
    let stack: Omit<EngineStackOptions, "program">;

    before(async () => {
      installed = await install(project);
      scope = await newScope();
      const { lab, namespace, clusters } = scope;
      const { issuerUrl, kubeconfig } = clusters.ireland;
      const fleet = { name: "ireland", issuerUrl, kubeconfig, namespace };
      writeFileSync(join(installed.folder, "fleet.json"), JSON.stringify(fleet), { mode: 0o600 });
      stack = { lab, binaries: lab.binaries, project: scope.project };
    });

    after(() => {
      installed.remove();
    });

    it("adds the package and no other", () => {
      assert.deepEqual(installed.added, ["node_modules/eks-irsa"]);
    });

    it("brings the plugins that it needs and no other", () => {
      assert.deepEqual(pluginsOf(installed.folder), ["aws", "kubernetes"]);
    });

    if (project.program.startsWith("bin/")) {
      it("compiles under every strict option, with each declaration checked", async () => {
        await command(installed.folder, process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."]);
      });
    }

    it("runs in the engine, from preview to destroy", async () => {
      const { lab, namespace, clusters } = scope;
      await operate("preview", installed, project.program, stack);
      const { roleArn, roleName, decision } = await operate("up", installed, project.program, stack);

      const role = await roleInIam(lab, String(roleName));
      const accounts = await serviceAccountsIn(clusters.ireland, namespace);
      const subject = `system:serviceaccount:${namespace}:reader`;
      const asked = { oidcProviderArn: providerArn(lab, clusters.ireland.issuerUrl), subject };
      const trust = evaluateTrust(role?.trustPolicy ?? "", asked);
      await operate("destroy", installed, project.program, stack);

      assert.equal(role?.Arn, roleArn);
      assert.deepEqual(Object.keys(accounts), ["reader"]);
      assert.equal(accounts.reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], roleArn);
      assert.equal(trust.decision, "allow");
      assert.equal(decision, name === "TypeScript strict" ? "allow" : undefined);
      assert.equal(await roleInIam(lab, String(roleName)), undefined);
    });
  });
}

/**
 * The plugins that Pulumi's Node host finds in a project and downloads before the program runs: those of packages whose
 * package.json says so. https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/cmd/pulumi-language-nodejs/main.go
 */
function pluginsOf(folder: string): string[] {
  return placesIn(folder)
    .map((place) => JSON.parse(readFileSync(join(folder, place, "package.json"), "utf8")) as PackageJson)
    .filter(({ pulumi }) => pulumi?.resource)
    .map(({ name, pulumi }) => pulumi?.name ?? name)
    .sort();
}

interface PackageJson {
  name: string;
  pulumi?: { resource?: boolean; name?: string };
}
