import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ROOT } from "../support/root";
import { FakeEngine, STACK } from "./fakeEngine";

/** What only developers have: a compiler, of which the plugin must not know anything. */
const COMPILERS = ["typescript", "ts-node", "tsx", "esbuild"];

/**
 * A built copy of the package in a folder of its own, whose node_modules has no compiler. The tarball has no tsconfig.json; a clone does, and
 * the runner reads it.
 */
export function packageFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "eks-irsa-plugin-"));
  for (const name of [
    "package.json",
    "PulumiPlugin.yaml",
    "index.ts",
    "components",
    "plugin",
    "trust",
    "tsconfig.json",
  ]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const quick = ["--noCheck", "--declaration", "false", "--declarationMap", "false"];
  const built = spawnSync(
    process.execPath,
    [tsc, "-p", "tsconfig.build.json", "--outDir", join(folder, "dist"), ...quick],
    { cwd: ROOT, encoding: "utf8" },
  );
  if (built.status !== 0) throw new Error(built.stdout);
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (!COMPILERS.includes(name) && !name.startsWith("."))
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a component is to be made with. */
export interface Construction {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  dependencies?: Record<string, string[]>;
  providers?: Record<string, string>;
  parent?: string;
  deletedWith?: string;
  dryRun?: boolean;
}

/** A component that was made. */
export interface Constructed {
  urn: string;
  state: Record<string, unknown>;
}

/** A refusal of the plugin: its text, and the faults by property path that are in it. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly faults: Record<string, string>,
  ) {
    super(message);
  }
}

/** The package's plugin, run by Pulumi's own runner as the language host does. */
export class PluginProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    private readonly engine: FakeEngine,
    private readonly output: { text: string },
  ) {}

  static async start(folder: string, engine: FakeEngine): Promise<PluginProcess> {
    const runner = join(folder, "node_modules", "@pulumi", "pulumi", "cmd", "run-plugin");
    // The links of node_modules are to count as folders.
    const links = ["--preserve-symlinks", "--preserve-symlinks-main"];
    const child = spawn(process.execPath, [...links, join(runner, "index.js"), ".", engine.address], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { text: "" };
    child.stderr.on("data", (data) => (output.text += String(data)));
    const port = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        if (/^\d+$/.test(line)) resolve(line);
        else output.text += `${line}\n`;
      });
      child.on("exit", (code) => {
        reject(new Error(`the plugin ended (${code ?? "killed"}): ${output.text}`));
      });
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    return new PluginProcess(child, client, engine, output);
  }

  /** What the process printed beside its port. */
  get printed(): string {
    return this.output.text;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  stop(): void {
    this.client.close();
    this.child.removeAllListeners("exit");
    this.child.kill("SIGKILL");
  }

  schema(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.client.getSchema(new proto.GetSchemaRequest(), (error, response) => {
        if (error) reject(error);
        else resolve(response.getSchema());
      });
    });
  }

  /** Has a component made. @throws Refused */
  construct(construction: Construction): Promise<Constructed> {
    const {
      type,
      name,
      inputs,
      dependencies = {},
      providers = {},
      parent = STACK,
      deletedWith = "",
      dryRun = false,
    } = construction;
    const request = new proto.ConstructRequest();
    request.setProject("fleet");
    request.setStack("dev");
    request.setParallel(4);
    request.setDryrun(dryRun);
    request.setMonitorendpoint(this.engine.address);
    request.setType(`eks-irsa:index:${type}`);
    request.setName(name);
    request.setParent(parent);
    request.setDeletedwith(deletedWith);
    request.setInputs(Struct.fromJavaScript(inputs as never));
    request.setAcceptsOutputValues(true);
    for (const [input, urns] of Object.entries(dependencies)) {
      const list = new proto.ConstructRequest.PropertyDependencies();
      list.setUrnsList(urns);
      request.getInputdependenciesMap().set(input, list);
    }
    for (const [pkg, reference] of Object.entries(providers)) request.getProvidersMap().set(pkg, reference);
    return new Promise((resolve, reject) => {
      this.client.construct(request, (error, response) => {
        if (error) reject(refusalOf(error));
        else
          resolve({
            urn: response.getUrn(),
            state: response.getState()?.toJavaScript() ?? {},
          });
      });
    });
  }
}

/** The plugin with an engine of its own. */
export interface Running {
  engine: FakeEngine;
  plugin: PluginProcess;
  stop(): void;
}

/** Starts the plugin in a folder, and an engine for it. */
export async function start(folder: string, { dryRun = false } = {}): Promise<Running> {
  const engine = await new FakeEngine(dryRun).start();
  const plugin = await PluginProcess.start(folder, engine);
  const stop = () => {
    plugin.stop();
    engine.stop();
  };
  return { engine, plugin, stop };
}

function refusalOf({ code, details, metadata }: ServiceError): Refused {
  // With them the engine would print the values of what is wrong.
  if (metadata.get("grpc-status-details-bin").length > 0) throw new Error("faults came beside the message");
  const faults: Record<string, string> = {};
  for (const [, path = "", reason = ""] of details.matchAll(/^ {2}- (\S+) (.*)$/gm)) faults[path] = reason;
  return new Refused(code, details, faults);
}
