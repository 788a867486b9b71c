import { diffValues, formatPath, type Difference } from "../shared/diff";
import type { DiffResult, PropertyDiff } from "../shared/handlers";
import { isProperties, type Properties, type PropertyValue } from "../shared/values";
import { parseCheckpoint } from "./checkpoint";
import { namespaceOrDefault } from "./check";
import { forcesNew } from "./force-new";
import type { Kind } from "./kinds";
import { annotationOf, AUTONAMED, isNamed, metadataOf, nameOf, normalize, prune } from "./objects";

/** Says of a Job that one which is not done is to be made anew, instead of waited for. */
export const REPLACE_UNREADY = "pulumi.com/replaceUnready";

/**
 * Compares what the cluster had last, as far as the program spoke of it, with what the program says now. Diff in
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go
 */
export function diffObject(
  kind: Kind,
  oldState: Properties,
  news: Properties,
  ignoreChanges: string[],
  replaceUnready = false,
): DiffResult {
  const { inputs: oldInputs, live } = parseCheckpoint(oldState);
  const newInputs = normalize(news);
  const before = prune(live, normalize(oldInputs));
  for (const key of ["apiVersion", "kind"]) {
    const known = newInputs[key];
    if (before[key] === undefined && known !== undefined) before[key] = known;
  }
  if (isNamed(newInputs)) setMetadata(before, "name", nameOf(live));
  alignNamespaces(kind, before, newInputs);

  const detailedDiff: Record<string, PropertyDiff> = {};
  for (const difference of diffValues(before, newInputs)) {
    if (ignoreChanges.some((ignored) => covers(ignored, difference.path))) continue;
    detailedDiff[formatPath(difference.path)] = describe(kind, newInputs, difference);
  }

  const replaces = Object.entries(detailedDiff)
    .filter(
      ([path, diff]) => diff.kind.endsWith("-replace") || (diff.kind === "delete" && path === "metadata"),
    )
    .map(([path]) => path);
  if (replaceUnready) replaces.push(`.metadata.annotations["${REPLACE_UNREADY}"]`);
  return {
    changes: replaceUnready || Object.keys(detailedDiff).length > 0 ? "SOME" : "NONE",
    replaces,
    detailedDiff,
    deleteBeforeReplace: replaces.length > 0 && takesTheSamePlace(kind, newInputs, live),
  };
}

// The old object must go first if the new one, by the user's will, is called the same.
function takesTheSamePlace(kind: Kind, newInputs: Properties, live: Properties): boolean {
  return (
    nameOf(newInputs) !== undefined &&
    annotationOf(newInputs, AUTONAMED) !== "true" &&
    nameOf(newInputs) === nameOf(live) &&
    (!kind.namespaced || namespaceOrDefault(newInputs) === namespaceOrDefault(live))
  );
}

function alignNamespaces(kind: Kind, before: Properties, after: Properties): void {
  for (const object of [before, after]) {
    const metadata = metadataOf(object);
    if (metadata === undefined) continue;
    if (!kind.namespaced) delete metadata.namespace;
    else if (metadata.namespace === undefined || metadata.namespace === "") metadata.namespace = "default";
  }
}

function setMetadata(object: Properties, field: string, value: string | undefined): void {
  const metadata = metadataOf(object);
  if (metadata !== undefined && value !== undefined) metadata[field] = value;
}

function describe(kind: Kind, newInputs: Properties, { path, kind: change }: Difference): PropertyDiff {
  const replaces = forcesNew(path, valueAt(newInputs, path), kind.forceNew);
  // Only a deletion can be told from the inputs alone (addPatchValueToDiff in the plugin's provider.go).
  return { kind: replaces ? `${change}-replace` : change, inputDiff: change === "delete" };
}

function valueAt(object: Properties, path: readonly (string | number)[]): PropertyValue | undefined {
  let value: PropertyValue | undefined = object;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === "number") value = value[part];
    else if (isProperties(value) && typeof part === "string") value = value[part];
    else return undefined;
  }
  return value;
}

/** Does an `ignoreChanges` path contain this one? Both as text: `spec.containers[*]` stands for every index. */
function covers(ignored: string, path: readonly (string | number)[]): boolean {
  for (let length = 1; length <= path.length; length++) {
    const head = path.slice(0, length);
    const wild = head.map((part) => (typeof part === "number" ? "*" : part));
    const [exact, pattern] = [formatPath(head), formatWild(wild)];
    if (ignored === exact || ignored === pattern) return true;
  }
  return false;
}

const formatWild = (path: string[]): string => formatPath(path).replaceAll('["*"]', "[*]");
