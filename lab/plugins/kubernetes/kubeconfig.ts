import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { isProperties, type Properties, type PropertyValue } from "../shared/values";

/** What a kubeconfig says, by name. */
export interface Kubeconfig {
  currentContext: string | undefined;
  contexts: Map<string, Properties>;
  clusters: Map<string, Properties>;
  users: Map<string, Properties>;
}

/** Provider arguments that go before the kubeconfig's own words. */
export interface Overrides {
  context?: string;
  cluster?: string;
}

/**
 * Reads the `kubeconfig` of a provider: a path, the content as text, or a map. parseKubeconfigPropertyValue in
 * https://github.com/pulumi/pulumi-kubernetes/blob/2e462e75e8e240b5c46649726dc5a5e9e22c3bd9/provider/pkg/provider/util.go
 */
export function parseKubeconfig(value: PropertyValue | undefined): Kubeconfig {
  const empty = { currentContext: undefined, contexts: new Map(), clusters: new Map(), users: new Map() };
  if (value === undefined || value === null || value === "") return empty;
  if (isProperties(value)) return toKubeconfig(value);
  if (typeof value !== "string") throw new Error(`unexpected kubeconfig format, type: ${typeof value}`);
  const path = expandHome(value);
  const document: unknown = parseText(isFile(path) ? readFileSync(path, "utf8") : value);
  if (!isProperties(document)) {
    throw new Error("failed to parse kubeconfig: it is neither a kubeconfig nor the path of one");
  }
  return toKubeconfig(document);
}

function parseText(text: string): unknown {
  try {
    return text.trimStart().startsWith("{") ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`failed to parse kubeconfig: ${reason}`, { cause: error });
  }
}

const expandHome = (path: string): string =>
  path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // a kubeconfig's text is no path, and mostly too long for one
  }
}

function toKubeconfig(document: Properties): Kubeconfig {
  const current = document["current-context"];
  return {
    currentContext: typeof current === "string" ? current : undefined,
    contexts: byName(document.contexts, "context"),
    clusters: byName(document.clusters, "cluster"),
    users: byName(document.users, "user"),
  };
}

function byName(list: PropertyValue | undefined, field: string): Map<string, Properties> {
  const entries = new Map<string, Properties>();
  for (const item of Array.isArray(list) ? list : []) {
    if (!isProperties(item) || typeof item.name !== "string") continue;
    const content = item[field];
    entries.set(item.name, isProperties(content) ? content : {});
  }
  return entries;
}

/** The context in force, if there is one. */
export function activeContext(config: Kubeconfig, overrides: Overrides): Properties | undefined {
  return config.contexts.get(overrides.context ?? config.currentContext ?? "");
}

/** The cluster in force: getActiveClusterFromConfig in the plugin's util.go. */
export function activeCluster(config: Kubeconfig, overrides: Overrides): Properties | undefined {
  const context = activeContext(config, overrides);
  if (context === undefined) return undefined;
  const name = overrides.cluster ?? context.cluster;
  return typeof name === "string" ? config.clusters.get(name) : undefined;
}

/** The user in force; without one, requests are anonymous. */
export function activeUser(config: Kubeconfig, overrides: Overrides): Properties {
  const name = activeContext(config, overrides)?.user;
  return (typeof name === "string" ? config.users.get(name) : undefined) ?? {};
}
