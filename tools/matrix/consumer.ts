import * as fs from "node:fs";
import * as path from "node:path";
import { npmEnvironment } from "../npmEnvironment";
import { nameOf } from "./combinations";
import { provideTypeScript } from "./programs";
import type { Outcome, Runner } from "./runner";
import { copyClone, ROOT, type Workspace } from "./workspace";

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
 * Makes the tarball that a release would be, from a copy of the clone with the clone's own packages. Gives its path.
 * @throws Error where it cannot be built.
 */
export async function pack(folder: string, run: Runner): Promise<string> {
  const copy = path.join(folder, "copy");
  copyClone(copy);
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
  const { ok } = await run({
    doing: "packing the package",
    usually: "20 s",
    command: "npm",
    args: ["pack", "--pack-destination", folder],
    cwd: copy,
    env: npmEnvironment(),
  });
  const tarball = fs.readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (!ok || tarball === undefined) throw new Error("the package cannot be built");
  return path.join(folder, tarball);
}

/** Unpacks the tarball beside the SDKs of a workspace, and writes a program that uses it. */
export async function makeConsumer({ folder }: Workspace, tarball: string, run: Runner): Promise<void> {
  const installed = path.join(folder, "node_modules", "eks-irsa");
  fs.mkdirSync(installed);
  const { ok } = await run({
    doing: "unpacking it",
    usually: "1 s",
    command: "tar",
    args: ["-xzf", tarball, "--strip-components=1", "-C", installed],
    cwd: folder,
    env: process.env,
  });
  if (!ok) throw new Error("the tarball cannot be unpacked");
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
