import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import {
  fromClusterName,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
  type Problem,
  type ServiceAccountBinding,
  type ServiceAccountOwnership,
  type SubjectMatch,
  type TrustSettings,
} from "../../index";

type Entry = Record<string, unknown>;

const CLUSTER_KEYS = [
  "name",
  "clusterName",
  "region",
  "profile",
  "issuerUrl",
  "kubeconfig",
  "oidcProviderArn",
  "oidcProviderClientIds",
  "formerNames",
  "shard",
];
const BINDING_KEYS = [
  "namespace",
  "name",
  "clusters",
  "match",
  "allowWildcardNamespace",
  "ownership",
  "createNamespace",
  "settings",
];
const SETTINGS_KEYS = [
  "labels",
  "annotations",
  "automountServiceAccountToken",
  "imagePullSecrets",
  "audience",
  "stsRegionalEndpoints",
  "tokenExpiration",
  "forceConflicts",
];
const TRUST_KEYS = ["form", "maxSize", "shards", "originalShard", "conditions", "statements"];

/**
 * Reads the fleet from the stack's configuration. What is wrong with it is collected, not thrown, so that it can be told
 * together with what the component finds.
 */
export function readFleet(config: pulumi.Config): { args: MultiClusterIrsaArgs; problems: Problem[] } {
  const problems: Problem[] = [];
  const clusters = entries(config, "clusters", CLUSTER_KEYS, problems).map((entry, index) =>
    readCluster(entry, `clusters[${index}]`, problems),
  );
  const serviceAccounts = entries(config, "serviceAccounts", BINDING_KEYS, problems).map((entry, index) =>
    readBinding(entry, `serviceAccounts[${index}]`, problems),
  );
  const roleName = config.get("roleName");
  const args: MultiClusterIrsaArgs = {
    clusters,
    serviceAccounts,
    policyArns: readPolicyArns(config, problems),
    trust: readTrust(config, problems),
    ...(roleName !== undefined && { role: { name: roleName } }),
    ...(config.get("samplePods") === "false" ? {} : { samplePod: {} }),
    ...(config.get("verificationJobs") === "true" ? { verificationJob: {} } : {}),
  };
  return { args, problems };
}

/** A cluster by its issuer and a kubeconfig file, or by its name in EKS alone. */
function readCluster(entry: Entry, path: string, problems: Problem[]): IrsaCluster {
  const text = (key: string) => readText(entry, key, path, problems);
  const name = text("name") ?? "";
  const issuerUrl = text("issuerUrl");
  const kubeconfigFile = text("kubeconfig");
  const [clusterName, region, profile] = [text("clusterName"), text("region"), text("profile")];
  const oidcProviderArn = text("oidcProviderArn");
  const oidcProviderClientIds = readTexts(entry, "oidcProviderClientIds", path, problems);
  const formerNames = readTexts(entry, "formerNames", path, problems);
  const shard = text("shard");
  const common = {
    ...(oidcProviderArn !== undefined && { oidcProviderArn }),
    ...(oidcProviderClientIds && { oidcProviderClientIds }),
    ...(formerNames && { formerNames }),
    ...(shard !== undefined && { shard }),
  };
  if (issuerUrl === undefined && kubeconfigFile === undefined && name !== "") {
    return fromClusterName(name, {
      ...common,
      ...(clusterName !== undefined && { clusterName }),
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
    });
  }
  const kubeconfig =
    kubeconfigFile === undefined ? undefined : readKubeconfig(kubeconfigFile, path, problems);
  return { name, issuerUrl: issuerUrl ?? "", ...common, ...(kubeconfig !== undefined && { kubeconfig }) };
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

function readBinding(entry: Entry, path: string, problems: Problem[]): ServiceAccountBinding {
  const clusters = readTexts(entry, "clusters", path, problems);
  const { match, allowWildcardNamespace, ownership, createNamespace, settings } = entry;
  if (isEntry(settings)) refuseStrangers(settings, SETTINGS_KEYS, `${path}.settings`, problems);
  return {
    namespace: readText(entry, "namespace", path, problems) ?? "",
    name: readText(entry, "name", path, problems) ?? "",
    ...(clusters && { clusters }),
    // What is wrong with these the component says.
    ...(match !== undefined && { match: match as SubjectMatch }),
    ...(allowWildcardNamespace === true && { allowWildcardNamespace: true }),
    ...(ownership !== undefined && { ownership: ownership as ServiceAccountOwnership }),
    ...(createNamespace !== undefined && { createNamespace: createNamespace as boolean }),
    ...(settings !== undefined && { settings: settings as object }),
  };
}

/** Settings of the trust policy, whose values the component checks. */
function readTrust(config: pulumi.Config, problems: Problem[]): TrustSettings {
  const value: unknown = readObject(config, "trust", "a map", problems) ?? {};
  if (!isEntry(value)) {
    problems.push({ propertyPath: "trust", reason: `is not a map: write ${TRUST_KEYS.join(", ")}` });
    return {};
  }
  refuseStrangers(value, TRUST_KEYS, "trust", problems);
  return value;
}

function readPolicyArns(config: pulumi.Config, problems: Problem[]): Record<string, string> {
  const value: unknown = readObject(config, "policyArns", "a map", problems) ?? {};
  if (!isEntry(value)) {
    problems.push({
      propertyPath: "policyArns",
      reason: "is not a map: write keys of yours, each with a policy's ARN",
    });
    return {};
  }
  const texts = Object.keys(value).map((key): [string, string] => [
    key,
    readText(value, key, "policyArns", problems) ?? "",
  ]);
  return Object.fromEntries(texts);
}

function entries(config: pulumi.Config, key: string, known: string[], problems: Problem[]): Entry[] {
  const value: unknown = readObject(config, key, "a list", problems) ?? [];
  if (!Array.isArray(value)) {
    problems.push({ propertyPath: key, reason: "is not a list" });
    return [];
  }
  return value.map((entry: unknown, index) => {
    const path = `${key}[${index}]`;
    if (!isEntry(entry)) {
      problems.push({ propertyPath: path, reason: `is not a map: write ${known.join(", ")}` });
      return {};
    }
    refuseStrangers(entry, known, path, problems);
    return entry;
  });
}

function refuseStrangers(entry: Entry, known: string[], path: string, problems: Problem[]): void {
  for (const strange of Object.keys(entry).filter((name) => !known.includes(name))) {
    problems.push({
      propertyPath: `${path}.${strange}`,
      reason: `is unknown: there are ${known.join(", ")}`,
    });
  }
}

function readObject(config: pulumi.Config, key: string, shape: string, problems: Problem[]): unknown {
  try {
    return config.getObject(key);
  } catch {
    problems.push({ propertyPath: key, reason: `is text: write it as ${shape} in Pulumi.<stack>.yaml` });
    return undefined;
  }
}

function readText(entry: Entry, key: string, path: string, problems: Problem[]): string | undefined {
  const value = entry[key];
  if (value === undefined || typeof value === "string") {
    return value;
  }
  problems.push({ propertyPath: `${path}.${key}`, reason: `is not text: ${JSON.stringify(value)}` });
  return undefined;
}

function readTexts(entry: Entry, key: string, path: string, problems: Problem[]): string[] | undefined {
  const value = entry[key];
  if (value === undefined) {
    return undefined;
  }
  if (Array.isArray(value) && value.every((one): one is string => typeof one === "string")) {
    return value;
  }
  problems.push({
    propertyPath: `${path}.${key}`,
    reason: `is not a list of texts: ${JSON.stringify(value)}`,
  });
  return undefined;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
