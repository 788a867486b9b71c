import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import * as ts from "typescript";
import { engineEnvironment, projectFolders } from "../../lab/engine/environment";
import { nodeHost } from "../../lab/engine/languages";
import type { Scope } from "../engine/lab";
import { ROOT } from "../support/root";
import { installPackage } from "./languages";

const run = promisify(execFile);

/**
 * Makes a project as `pulumi new <template>` does, with a stack `dev`. Resolves to its folder, which goes with the
 * lab, and to what the CLI printed.
 */
export async function newProject(
  { lab, project }: Scope,
  template: string,
  config: Record<string, string>,
): Promise<{ folder: string; printed: string }> {
  const folder = join(lab.directory, "new", project);
  mkdirSync(folder, { recursive: true });
  const options = { lab, binaries: lab.binaries, project, program: folder };
  const env = engineEnvironment(options, projectFolders(options));
  const { path } = await nodeHost();
  const { stdout } = await run(
    join(lab.binaries.pulumiRoot, "bin", "pulumi"),
    [
      ...["new", join(ROOT, "templates", template), "--yes", "--stack", "dev"],
      ...["--dir", folder, "--name", project],
      ...Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]),
    ],
    { env: { ...env, PATH: [path, env.PATH].join(delimiter) } },
  );
  return { folder, printed: stdout };
}

/** Puts into a project's node_modules what `npm install` would; the package is this repository's, from its tarball. */
export async function installFromHere({ lab }: Scope, folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of ["@pulumi", "@types"])
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  symlinkSync(await installPackage(lab.directory), join(modules, "eks-irsa"));
}

/** What the compiler finds in a project, by its own tsconfig.json. */
export function typeErrorsIn(folder: string): string[] {
  const found: ts.Diagnostic[] = [];
  const parsed = ts.getParsedCommandLineOfConfigFile(
    join(folder, "tsconfig.json"),
    { noEmit: true },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => found.push(diagnostic),
    },
  );
  if (parsed) {
    const program = ts.createProgram(parsed.fileNames, parsed.options);
    found.push(...parsed.errors, ...ts.getPreEmitDiagnostics(program));
  }
  return found.map(
    ({ file, messageText }) =>
      `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
  );
}
