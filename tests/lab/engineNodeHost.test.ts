import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import { ProgramInfo, RunRequest, type RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** In the place of the SDK's runner: it says how it was called, and ends as the program asks. */
const RUNNER = `
const { env, argv, execArgv } = process;
const names = Object.keys(env).filter((name) => /^PULUMI_(CONFIG|NODEJS_)/.test(name));
const environment = Object.fromEntries(names.map((name) => [name, env[name]]));
require("node:fs").writeFileSync("called.json", JSON.stringify({ args: argv.slice(2), execArgv, environment }));
process.exit(Number(argv.at(-1)));
`;

interface Call {
  args: string[];
  execArgv: string[];
  environment: Record<string, string>;
}

describe("the stand-in for the Node language host", () => {
  let root: string;
  let folder: string;
  let host: ChildProcess;
  let client: LanguageRuntimeClient;

  before(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "node-host-")));
    folder = join(root, "program");
    const runner = join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run");
    mkdirSync(runner, { recursive: true });
    mkdirSync(folder);
    writeFileSync(join(runner, "index.js"), RUNNER);
    const entry = join(__dirname, "..", "..", "lab", "engine", "languages", "nodejs.ts");
    const args = ["--import", "tsx", entry, "127.0.0.1:1"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    host = child;
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    client = new LanguageRuntimeClient(`127.0.0.1:${String(port).trim()}`, credentials.createInsecure());
  });

  after(() => {
    client.close();
    host.kill("SIGKILL");
    rmSync(root, { recursive: true });
  });

  /** Has a program run that ends with such a code. */
  async function run(code: number, options: Record<string, JavaScriptValue> = {}, dryRun = false) {
    const info = new ProgramInfo();
    info.setRootDirectory(root);
    info.setProgramDirectory(folder);
    info.setEntryPoint("index.ts");
    info.setOptions(Struct.fromJavaScript(options));
    const request = new RunRequest();
    request.setInfo(info);
    request.setPwd(folder);
    request.setMonitorAddress("127.0.0.1:2");
    request.setOrganization("organization");
    request.setProject("one");
    request.setStack("dev");
    request.setParallel(8);
    request.setDryrun(dryRun);
    request.setArgsList([String(code)]);
    request.getConfigMap().set("one:list", '["a"]').set("aws:region", "us-east-1");
    request.setConfigsecretkeysList(["one:list"]);
    const response = await new Promise<RunResponse>((resolve, reject) => {
      client.run(request, (error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });
    const call = JSON.parse(readFileSync(join(folder, "called.json"), "utf8")) as Call;
    return { call, bail: response.getBail(), error: response.getError() };
  }

  it("starts the runner of the program's own SDK as the real one does", async () => {
    const { call, ...ended } = await run(0);
    assert.deepEqual(ended, { bail: false, error: "" });
    const flags = {
      ...{ monitor: "127.0.0.1:2", engine: "127.0.0.1:1", organization: "organization", project: "one" },
      ...{ "root-directory": root, stack: "dev", pwd: folder, parallel: "8" },
    };
    const given = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    assert.deepEqual(call.args, [...given, "index.ts", "0"]);
    assert.deepEqual(call.execArgv, []);
    const { PULUMI_CONFIG = "", ...environment } = call.environment;
    assert.deepEqual(JSON.parse(PULUMI_CONFIG), {
      "one:config:list": '["a"]',
      "aws:config:region": "us-east-1",
    });
    assert.deepEqual(environment, {
      PULUMI_CONFIG_SECRET_KEYS: '["one:list"]',
      PULUMI_NODEJS_TYPESCRIPT: "true",
    });
  });

  it("says that it is a preview", async () => {
    const { call } = await run(0, {}, true);
    assert.deepEqual(call.args.slice(-3), ["--dry-run", "index.ts", "0"]);
  });

  it("heeds the options of runtime", async () => {
    const { call } = await run(0, {
      typescript: false,
      tsconfig: "tsconfig.pulumi.json",
      nodeargs: " --no-warnings  --trace-uncaught",
    });
    assert.deepEqual(call.execArgv, ["--no-warnings", "--trace-uncaught"]);
    assert.equal(call.environment.PULUMI_NODEJS_TYPESCRIPT, undefined);
    assert.equal(call.environment.PULUMI_NODEJS_TSCONFIG_PATH, "tsconfig.pulumi.json");
  });

  it("says nothing more where the SDK has told the errors, and else how the program ended", async () => {
    const told = await run(32);
    assert.deepEqual([told.bail, told.error], [true, ""]);
    const failed = await run(3);
    assert.deepEqual([failed.bail, failed.error], [false, "the program ended with exit code 3"]);
  });
});
