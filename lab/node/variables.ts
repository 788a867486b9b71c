import type { Container, Pod, Variable } from "./objects";

/** A container cannot be made as it is described: kubelet's CreateContainerConfigError. */
export class ConfigError extends Error {}

/** Texts by key, as a ConfigMap or a Secret holds them; undefined if there is no such object. */
export type ReadData = (
  kind: "configmap" | "secret",
  name: string,
) => Promise<Record<string, Buffer> | undefined>;

/**
 * Replaces `$(NAME)` by a variable's value; one that is not known stays as it is, and `$$(NAME)` is `$(NAME)`.
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/third_party/forked/golang/expansion/expand.go
 */
export function expand(text: string, variables: Record<string, string>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (all, rest: string, name: string | undefined) =>
    rest === "$" ? "$" : name !== undefined && Object.hasOwn(variables, name) ? (variables[name] ?? "") : all,
  );
}

/** The value of a field of the pod's, of those that the downward API knows. */
export function podField(pod: Pod, fieldPath: string, address: string): string {
  const { metadata, spec } = pod;
  const [, map, key = ""] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (map) return (map === "labels" ? metadata.labels : metadata.annotations)?.[key] ?? "";
  const fields: Record<string, string | undefined> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "metadata.labels": formatMap(metadata.labels),
    "metadata.annotations": formatMap(metadata.annotations),
    "spec.nodeName": spec.nodeName,
    "spec.serviceAccountName": spec.serviceAccountName,
    "status.hostIP": address,
    "status.hostIPs": address,
    "status.podIP": address,
    "status.podIPs": address,
  };
  const value = fields[fieldPath];
  if (value === undefined) throw new ConfigError(`unsupported fieldPath: ${fieldPath}`);
  return value;
}

/** Source: FormatMap in https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/fieldpath/fieldpath.go */
function formatMap(map: Record<string, string> = {}): string {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");
}

/**
 * What the pod's description says of a container's environment, and nothing else. A later entry may refer to an
 * earlier one.
 * Source: makeEnvironmentVariables in
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go
 */
export async function describedVariables(
  pod: Pod,
  container: Container,
  read: ReadData,
  address: string,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    Object.assign(found, await variablesOf(source, read));
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, found, pod, read, address);
    if (value !== undefined) found[variable.name] = value;
  }
  return found;
}

async function variablesOf(
  { prefix = "", configMapRef, secretRef }: NonNullable<Container["envFrom"]>[number],
  read: ReadData,
): Promise<Record<string, string>> {
  const reference = configMapRef ?? secretRef;
  if (!reference) return {};
  const kind = configMapRef ? "configmap" : "secret";
  const data = await read(kind, reference.name);
  if (!data && !reference.optional) throw notFound(kind, reference.name);
  return Object.fromEntries(
    Object.entries(data ?? {}).map(([key, value]) => [`${prefix}${key}`, value.toString("utf8")]),
  );
}

async function valueOf(
  { name, value, valueFrom }: Variable,
  earlier: Record<string, string>,
  pod: Pod,
  read: ReadData,
  address: string,
): Promise<string | undefined> {
  if (!valueFrom) return expand(value ?? "", earlier);
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return podField(pod, fieldRef.fieldPath, address);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (!reference) {
    throw new ConfigError(
      `the lab's node cannot tell the value of ${name}: ${Object.keys(valueFrom).join()}`,
    );
  }
  const kind = configMapKeyRef ? "configmap" : "secret";
  const data = await read(kind, reference.name);
  const found = data?.[reference.key];
  if (found || reference.optional) return found?.toString("utf8");
  if (!data) throw notFound(kind, reference.name);
  const owner = `${configMapKeyRef ? "ConfigMap" : "Secret"} ${pod.metadata.namespace}/${reference.name}`;
  throw new ConfigError(`couldn't find key ${reference.key} in ${owner}`);
}

function notFound(kind: string, name: string): ConfigError {
  return new ConfigError(`${kind} ${JSON.stringify(name)} not found`);
}
