import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GeneratePackageResponse,
  GetRequiredPackagesResponse,
  LinkResponse,
  RunResponse,
  type GeneratePackageRequest,
  type LinkRequest,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { answer, nothing, run, serveLanguage } from "./host";

/**
 * A stand-in for `pulumi-language-python`: it runs a program, writes a package's SDK, and has pip install that where the
 * environment variable LAB_PYTHON_PACKAGES says, which is on the program's path.
 */
const {
  LAB_PYTHON = "python3",
  LAB_PYTHON_SDK = "",
  LAB_PYTHON_PACKAGES = "",
  LAB_PYTHON_EXEC = "",
} = process.env;

serveLanguage({
  getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
  installDependencies: nothing,
  generatePackage: answer(generatePackage),
  link: answer(link),
  run: answer(runProgram),
});

async function generatePackage(request: GeneratePackageRequest): Promise<GeneratePackageResponse> {
  const folder = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    const schema = join(folder, "schema.json");
    writeFileSync(schema, request.getSchema());
    await finish(LAB_PYTHON_SDK, [schema, request.getDirectory()], request.getDirectory());
  } finally {
    rmSync(folder, { recursive: true });
  }
  return new GeneratePackageResponse();
}

async function link(request: LinkRequest): Promise<LinkResponse> {
  const root = request.getInfo()?.getRootDirectory() ?? "";
  const packages = request.getPackagesList().map((dependency) => join(root, dependency.getPath()));
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--upgrade"];
  const where = ["--no-build-isolation", "--target", LAB_PYTHON_PACKAGES];
  await finish(LAB_PYTHON, [...pip, ...where, ...packages], root);
  return new LinkResponse();
}

/** The program's own output is the engine's; the errors of the SDK go there by themselves. */
async function runProgram(request: RunRequest): Promise<RunResponse> {
  const info = request.getInfo();
  const settings = {
    monitor: request.getMonitorAddress(),
    engine: process.argv[2],
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    parallel: request.getParallel(),
    dry_run: request.getDryrun(),
    root_directory: info?.getRootDirectory(),
  };
  const child = run(
    LAB_PYTHON,
    [LAB_PYTHON_EXEC, JSON.stringify(settings), info?.getProgramDirectory() ?? ""],
    {
      cwd: request.getPwd(),
      env: {
        ...process.env,
        PYTHONPATH: LAB_PYTHON_PACKAGES,
        PYTHONDONTWRITEBYTECODE: "1",
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    },
  );
  child.stdout.pipe(process.stdout);
  child.stderr.pipe(process.stderr);
  const code = await new Promise((resolve) => child.once("close", resolve));
  const response = new RunResponse();
  // https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/python/cmd/pulumi-language-python/main.go: told already.
  if (code === 32) response.setBail(true);
  else if (code !== 0) response.setError(`the program ended with exit code ${String(code)}`);
  return response;
}

async function finish(command: string, args: string[], cwd: string): Promise<void> {
  const child = run(command, args, { cwd, env: process.env });
  let output = "";
  const hear = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${command} failed:\n${output}`);
}
