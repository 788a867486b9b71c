import type { CheckFailure } from "../shared/handlers";
import { containsUnknown, type Properties, type PropertyValue } from "../shared/values";

/** What a provider's arguments come to. */
export interface Settings {
  kubeconfig: PropertyValue | undefined;
  context: string | undefined;
  cluster: string | undefined;
  namespace: string | undefined;
  deleteUnreachable: boolean;
  /** An object that exists already is taken over by its creation. */
  upsertExistingObjects: boolean;
  /** Whether conflicts are settled for us, where the object does not say so itself; undefined: nobody said. */
  enablePatchForce: boolean | undefined;
}

/** Arguments that mean here what they mean to the real plugin. */
const SUPPORTED = [
  "kubeconfig",
  "context",
  "cluster",
  "clusterIdentifier",
  "namespace",
  "deleteUnreachable",
  "upsertExistingObjects",
  "enablePatchForce",
];
/** Arguments that would change nothing here. */
const WITHOUT_EFFECT = ["suppressDeprecationWarnings", "suppressHelmHookWarnings", "helmReleaseSettings"];
/** What the engine itself puts among the arguments. */
const ENGINE = ["version", "pluginDownloadURL", "pluginChecksums", "__internal"];

const STAND_IN = "the lab's stand-in for Kubernetes";

/** What of the arguments this stand-in cannot do. It says so, where the real plugin would do it. */
export function findConfigProblems(config: Properties): CheckFailure[] {
  const problems: CheckFailure[] = [];
  const { kubeconfig } = config;
  if (kubeconfig === undefined || kubeconfig === null || kubeconfig === "") {
    problems.push({
      property: "kubeconfig",
      reason: `${STAND_IN} never uses the ambient kubeconfig: give the provider a kubeconfig`,
    });
  }
  for (const [key, value] of Object.entries(config)) {
    if ([...SUPPORTED, ...WITHOUT_EFFECT, ...ENGINE].includes(key) || containsUnknown(value)) continue;
    const off = value === false || value === "false" || value === "";
    if (key === "enableServerSideApply" ? !off : off) continue;
    const reason =
      key === "enableServerSideApply"
        ? `${STAND_IN} knows server-side apply only`
        : `${STAND_IN} does not support ${key}`;
    problems.push({ property: key, reason });
  }
  return problems;
}

/**
 * The arguments of Configure, with the environment variables that the real plugin reads too. Those of 4.29 and later are known
 * from the SDK's documentation: https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/
 */
export function readSettings(config: Properties, env: NodeJS.ProcessEnv = process.env): Settings {
  const text = (key: string): string | undefined => {
    const value = config[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  // The SDK sends booleans as text.
  const flag = (key: string, variable: string): boolean | undefined => {
    const value = config[key] ?? env[variable];
    return value === undefined ? undefined : value === true || value === "true";
  };
  return {
    kubeconfig: config.kubeconfig,
    context: text("context"),
    cluster: text("cluster"),
    namespace: text("namespace"),
    deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE") ?? false,
    upsertExistingObjects: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS") ?? false,
    enablePatchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
  };
}
