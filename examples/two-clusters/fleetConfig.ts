import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import {
  fromClusterName,
  type ClusterLookup,
  type IdentityMode,
  type IrsaCluster,
  type MultiClusterIrsaArgs,
  type PodIdentitySettings,
  type Problem,
  type ServiceAccountBinding,
  type ServiceAccountOwnership,
  type SubjectMatch,
} from "../../index";
import {
  entries,
  isEntry,
  readMap,
  readObject,
  readText,
  readTexts,
  refuseStrangers,
  type Entry,
} from "./configEntries";

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
  "identity",
  "trusts",
  "accountId",
  "installAgent",
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
const TRUST_KEYS = [
  "form",
  "maxSize",
  "shards",
  "originalShard",
  "conditions",
  "podIdentityConditions",
  "statements",
];
const POD_IDENTITY_KEYS = [
  "targetRoleArn",
  "disableSessionTags",
  "allowClusterWideTrust",
  "policy",
  "settleSeconds",
];

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
  const podIdentity: PodIdentitySettings | undefined = readMap(
    config,
    "podIdentity",
    POD_IDENTITY_KEYS,
    problems,
  );
  const args: MultiClusterIrsaArgs = {
    clusters,
    serviceAccounts,
    policyArns: readPolicyArns(config, problems),
    trust: readMap(config, "trust", TRUST_KEYS, problems) ?? {},
    ...(podIdentity && { podIdentity }),
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
    ...(clusterName !== undefined && { clusterName }),
    ...(region !== undefined && { region }),
    ...readIdentity(entry, path, problems),
    ...(oidcProviderArn !== undefined && { oidcProviderArn }),
    ...(oidcProviderClientIds && { oidcProviderClientIds }),
    ...(formerNames && { formerNames }),
    ...(shard !== undefined && { shard }),
  };
  if (issuerUrl === undefined && kubeconfigFile === undefined && name !== "") {
    return fromClusterName(name, { ...common, ...(profile !== undefined && { profile }) });
  }
  const kubeconfig =
    kubeconfigFile === undefined ? undefined : readKubeconfig(kubeconfigFile, path, problems);
  return { name, issuerUrl: issuerUrl ?? "", ...common, ...(kubeconfig !== undefined && { kubeconfig }) };
}

/** What the cluster's pods get, and what the role accepts of it. What is wrong with the values the component says. */
function readIdentity(entry: Entry, path: string, problems: Problem[]): Partial<ClusterLookup> {
  const { identity, trusts, installAgent } = entry;
  const accountId = readText(entry, "accountId", path, problems);
  return {
    ...(identity !== undefined && { identity: identity as IdentityMode }),
    ...(trusts !== undefined && { trusts: trusts as IdentityMode }),
    ...(accountId !== undefined && { accountId }),
    ...(installAgent !== undefined && { installAgent: installAgent as boolean }),
  };
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
