import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  findProblems,
  fromClusterName,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
  type Problem,
} from "../../index";

/** A cluster of the configuration, whose values nobody has looked at yet. */
type Entry = Record<string, unknown>;

/**
 * Reads the component's arguments from the stack's configuration, where they have the same names. Clusters are looked up, or their
 * kubeconfigs read from files, when nothing else is wrong.
 *
 * @throws RunError that names every fault at once.
 */
export function readFleet(config: pulumi.Config): MultiClusterIrsaArgs {
  const args = readArguments(config);
  const problems: Problem[] = [];
  const given = (entry: unknown, index: number) => givenCluster(entry, `clusters[${index}]`, problems);
  const checked = { ...args, ...(Array.isArray(args.clusters) && { clusters: args.clusters.map(given) }) };
  // What could not be read is told of already.
  const told = new Set(problems.map(({ propertyPath }) => propertyPath));
  problems.push(...findProblems(checked).filter(({ propertyPath }) => !told.has(propertyPath)));
  if (problems.length > 0) {
    const lines = problems.map(({ propertyPath, reason }) => `  - ${propertyPath} ${reason}`);
    throw new pulumi.RunError(["The stack's configuration has faults:", ...lines].join("\n"));
  }
  const clusters = checked.clusters.map((cluster, index) => {
    const entry = (args.clusters as unknown as Entry[])[index];
    return isLookedUp(entry) ? lookedUp(entry) : cluster;
  });
  return { ...checked, clusters };
}

/** All keys of the project: one that the component does not know is a fault, as it is in a program. */
function readArguments(config: pulumi.Config): MultiClusterIrsaArgs {
  const prefix = `${config.name}:`;
  const keys = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix));
  const values = keys.map((key): [string, unknown] => {
    const name = key.slice(prefix.length);
    try {
      return [name, config.getObject(name)];
    } catch {
      // Text, where all arguments are lists or maps: the component says so.
      return [name, config.get(name)];
    }
  });
  return { clusters: [], serviceAccounts: [], ...Object.fromEntries(values) };
}

/** The cluster as far as it can be known without a look-up. */
function givenCluster(entry: unknown, path: string, problems: Problem[]): IrsaCluster {
  if (isLookedUp(entry)) {
    const { profile: _, roleArn: __, ...said } = entry;
    for (const key of ["clusterName", "region", "profile", "roleArn"]) {
      const value = entry[key];
      if (value !== undefined && typeof value !== "string") {
        problems.push({ propertyPath: `${path}.${key}`, reason: "is not text: write it in quotes" });
      }
    }
    const late = pulumi.output("looked up");
    return { name: "", clusterName: entry.name, ...said, issuerUrl: late, kubeconfig: late } as IrsaCluster;
  }
  if (!isEntry(entry) || typeof entry.kubeconfig !== "string") {
    // Whatever it is, the component says what is wrong with it.
    return entry as IrsaCluster;
  }
  const kubeconfig = readKubeconfig(entry.kubeconfig, path, problems);
  return { ...entry, kubeconfig } as unknown as IrsaCluster;
}

function isLookedUp(entry: unknown): entry is Entry {
  return isEntry(entry) && entry.issuerUrl === undefined && entry.kubeconfig === undefined;
}

function lookedUp({ name, ...lookup }: Entry): IrsaCluster {
  return fromClusterName(name as string, lookup);
}

function readKubeconfig(file: string, path: string, problems: Problem[]): string {
  try {
    return readFileSync(resolve(file.replace(/^~(?=\/)/, homedir())), "utf8");
  } catch (error) {
    // Its own message would repeat what stands there, which may be a kubeconfig's text with its token.
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    const reason = `is not the path of a file that can be read (${code}): write the kubeconfig's path, not its text`;
    problems.push({ propertyPath: `${path}.kubeconfig`, reason });
    // Not empty, so that the fault is told once.
    return "unreadable";
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
