import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GeneratePackageResponse,
  GetRequiredPackagesResponse,
  LinkResponse,
  type GeneratePackageRequest,
  type LinkRequest,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { answer, nothing, run, serveLanguage } from "./host";
import { runProgram, type ProgramCommand } from "./program";

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
  run: answer((request: RunRequest) => runProgram(request, commandOf(request))),
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

function commandOf(request: RunRequest): ProgramCommand {
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
  return {
    command: LAB_PYTHON,
    args: [LAB_PYTHON_EXEC, JSON.stringify(settings), info?.getProgramDirectory() ?? ""],
    environment: { PYTHONPATH: LAB_PYTHON_PACKAGES, PYTHONDONTWRITEBYTECODE: "1" },
  };
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
