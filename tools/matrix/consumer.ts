import * as fs from "node:fs";
import * as path from "node:path";
import { nameOf } from "./combinations";
import { provideTypeScript } from "./programs";
import type { Outcome, Runner } from "./runner";
import { ROOT, type Workspace } from "./workspace";

/** A program that touches classes, helpers, enumerations and types. All of the package's declarations are read for it. */
const PROGRAM = `import { buildTrustPolicy, fromClusterName, IdentityMode, MultiClusterIrsa, type MultiClusterIrsaArgs } from "eks-irsa";
const args: MultiClusterIrsaArgs = {
  clusters: [fromClusterName("east", { region: "us-east-1", identity: IdentityMode.Both })],
  serviceAccounts: [{ namespace: "default", name: "s3-reader" }],
};
export const roleArn = new MultiClusterIrsa("app", args).roleArn;
export const build: typeof buildTrustPolicy = buildTrustPolicy;
`;

/** Strict, and every declaration file that is read is checked. */
const COMPILER_OPTIONS = {
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  target: "es2020",
  module: "node16",
  moduleResolution: "node16",
  types: ["node"],
};

/**
 * Builds what is published beside the SDKs of a workspace, and a program that uses it.
 * @throws Error where it cannot be built.
 */
export async function makeConsumer({ folder }: Workspace, run: Runner): Promise<void> {
  const installed = path.join(folder, "node_modules", "eks-irsa");
  const { ok } = await run({
    doing: "building the package",
    usually: "10 s",
    command: path.join("node_modules", ".bin", "tsc"),
    args: ["-p", "tsconfig.build.json", "--outDir", path.join(installed, "dist")],
    // With the SDKs of package-lock.json, as a release is built.
    cwd: ROOT,
    env: process.env,
  });
  if (!ok) throw new Error("the package cannot be built");
  fs.cpSync(path.join(ROOT, "package.json"), path.join(installed, "package.json"));
  const consumer = path.join(folder, "consumer");
  fs.mkdirSync(consumer);
  fs.writeFileSync(path.join(consumer, "program.ts"), PROGRAM);
  const settings = { compilerOptions: COMPILER_OPTIONS, files: ["program.ts"] };
  fs.writeFileSync(path.join(consumer, "tsconfig.json"), JSON.stringify(settings));
}

/** Compiles the consumer of each workspace with a TypeScript. */
export async function compileConsumers(
  minor: string,
  folder: string,
  workspaces: readonly Workspace[],
  run: Runner,
) {
  const { version, compiler } = await provideTypeScript(minor, folder, run);
  const outcomes: Outcome[] = [];
  for (const workspace of workspaces) {
    outcomes.push(
      await run({
        doing: `a consumer with TypeScript ${version}, ${nameOf(workspace.sdks)}`,
        usually: "20 s",
        command: compiler,
        args: ["-p", "consumer", "--pretty", "false"],
        cwd: workspace.folder,
        env: process.env,
      }),
    );
  }
  return { version, outcomes };
}
