import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "./problems";

/** What a value must look like before anybody asks what it says: a program in JavaScript may well write another. */
type Shape =
  | { kind: "text" | "flag" | "plain" | "lateText" | "lateKubeconfig" | "lateNumber" | "lateFlag" }
  | { kind: "list" | "map"; of: Shape }
  | { kind: "record"; properties: { [name: string]: Shape } };

const text: Shape = { kind: "text" };
const flag: Shape = { kind: "flag" };
/** Anything that is there from the start: a check of its own says what it may be. */
const plain: Shape = { kind: "plain" };
const lateText: Shape = { kind: "lateText" };
const list = (of: Shape): Shape => ({ kind: "list", of });
const map = (of: Shape): Shape => ({ kind: "map", of });
const record = (properties: { [name: string]: Shape }): Shape => ({ kind: "record", properties });

const conditions = map(map(list(text)));
type Shapes = { [name: string]: Shape };

/** What a ServiceAccount's owner and settings look like. */
const serviceAccountShapes: Shapes = {
  ownership: text,
  settings: record({
    labels: map(lateText),
    annotations: map(lateText),
    automountServiceAccountToken: flag,
    imagePullSecrets: list(lateText),
    audience: text,
    stsRegionalEndpoints: flag,
    tokenExpiration: plain,
    forceConflicts: flag,
  }),
};
const pod = {
  image: lateText,
  labels: map(lateText),
  nodeSelector: map(lateText),
};
/** What proves a ServiceAccount. */
const proofShapes: Shapes = { samplePod: record(pod), verificationJob: record({ ...pod, retries: plain }) };
/** The arguments of `IrsaServiceAccount`. `name` is not here: its own check says more. */
export const ownServiceAccountShapes: Shapes = {
  ...serviceAccountShapes,
  ...proofShapes,
  namespace: lateText,
  roleArn: lateText,
};
const providerShapes: Shapes = {
  issuerUrl: lateText,
  oidcProviderArn: lateText,
  oidcProviderClientIds: list(text),
  importOidcProvider: flag,
  thumbprints: list(text),
};
/** The arguments of `ClusterOidcProvider`. */
export const clusterProviderShapes: Shapes = { ...providerShapes, tags: map(lateText) };
const baseRole = record({ arn: lateText, disableSessionTags: flag });
const wayShapes: Shapes = { baseRole, disableSessionTags: flag };
/** `name` and `namespace` are not here: their own checks say more of what they decide. */
const shapes: Shapes = {
  clusters: list(
    record({
      ...providerShapes,
      kubeconfig: { kind: "lateKubeconfig" },
      formerNames: list(text),
      identity: text,
      trusts: text,
      accountId: text,
      baseRole,
      installAgent: flag,
      podIdentity: record({ clusterArn: lateText, ...wayShapes, allowClusterWideTrust: flag }),
      autoMode: { kind: "lateFlag" },
      shard: text,
      formerShards: list(text),
      retired: flag,
    }),
  ),
  serviceAccounts: list(
    record({
      clusters: list(text),
      match: text,
      allowWildcardNamespace: flag,
      createNamespace: flag,
      ...serviceAccountShapes,
    }),
  ),
  settleSeconds: plain,
  policyArns: map(lateText),
  inlinePolicies: map(lateText),
  role: record({
    name: lateText,
    path: lateText,
    description: lateText,
    maxSessionDuration: { kind: "lateNumber" },
    permissionsBoundaryArn: lateText,
    forceDetachPolicies: { kind: "lateFlag" },
    formerNames: list(text),
    importRole: flag,
  }),
  trust: record({
    form: text,
    maxSize: plain,
    shards: list(text),
    originalShard: text,
    conditions,
    podIdentityConditions: conditions,
    statements: list(record({ sid: text, awsPrincipals: list(text), actions: list(text), conditions })),
  }),
  podIdentity: record({
    targetRoleArn: lateText,
    disableSessionTags: flag,
    allowClusterWideTrust: flag,
    policy: lateText,
    settleSeconds: plain,
  }),
  ...proofShapes,
  tags: map(lateText),
};

/**
 * Finds what is not even of the kind it should be, such as text where a list should be.
 *
 * @returns the faults, and the arguments without what is wrong, so that what they say can be checked all the same. Of what stands at
 * the path of a fault nothing more is to be told.
 */
export function checkShapes<T extends object>(
  args: T | undefined,
  expected: Shapes = shapes,
): { problems: Problem[]; usable: T } {
  const problems: Problem[] = [];
  const usable = usableOf(args ?? null, record(expected), "", problems) as T | undefined;
  return { problems, usable: (problems.length === 0 ? args : usable) ?? ({} as T) };
}

/** Faults of what is usable, but for those at a path of which a fault was told already. */
export function untold(problems: Problem[], told: Problem[]): Problem[] {
  const touches = (one: string, other: string) => one.startsWith(other) || other.startsWith(`${one}[`);
  return problems.filter((one) => !told.some((other) => touches(one.propertyPath, other.propertyPath)));
}

function usableOf(value: unknown, shape: Shape, path: string, problems: Problem[]): unknown {
  if (value === undefined || isOfKind(value, shape)) {
    return withUsableParts(value, shape, (entry, of, key) => usableOf(entry, of, `${path}${key}`, problems));
  }
  const what = value === null ? "empty" : Array.isArray(value) ? "a list" : typeof value;
  const found = isLate(value) ? "arrives while the program runs" : `is ${what}`;
  // Keys begin with a dot, but at the top.
  const propertyPath = path.replace(/^\./, "") || "arguments";
  problems.push({ propertyPath, reason: `${found}: write ${EXPECTED[shape.kind]}` });
  return undefined;
}

function withUsableParts(
  value: unknown,
  shape: Shape,
  usable: (entry: unknown, of: Shape, key: string) => unknown,
): unknown {
  if (shape.kind === "list" && Array.isArray(value)) {
    // Holes count: an entry of a list cannot be left out.
    const entries = Array.from(value, (entry: unknown) => entry ?? null);
    return entries.map((entry, index) => usable(entry, shape.of, `[${index}]`) ?? empty(shape.of));
  }
  if (shape.kind === "map" && isMap(value)) {
    return fromEntries(value, (key) => usable(value[key], shape.of, `[${JSON.stringify(key)}]`));
  }
  if (shape.kind === "record" && isMap(value)) {
    return fromEntries(value, (key) => {
      const of = Object.hasOwn(shape.properties, key) ? shape.properties[key] : undefined;
      return of ? usable(value[key], of, `.${key}`) : value[key];
    });
  }
  return value;
}

const EXPECTED: { [kind in Shape["kind"]]: string } = {
  text: "text",
  plain: "the value itself",
  flag: "true or false",
  lateText: "text, or an Output of it",
  lateKubeconfig: "text, or an Output of it",
  lateNumber: "a number",
  lateFlag: "true or false, or an Output of it",
  list: "a list",
  map: "a map",
  record: "a map",
};

function isOfKind(value: unknown, { kind }: Shape): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string";
    case "flag":
      return typeof value === "boolean";
    case "plain":
      return !isLate(value);
    case "lateText":
      return typeof value === "string" || isLate(value);
    case "lateKubeconfig":
      return typeof value === "string" || isMap(value) || isLate(value);
    case "lateNumber":
      return typeof value === "number" || isLate(value);
    case "lateFlag":
      return typeof value === "boolean" || isLate(value);
    case "list":
      return Array.isArray(value);
    case "map":
    case "record":
      return isMap(value);
  }
}

/** What stands in a list for an entry that is wrong, so that the others keep their places. */
function empty({ kind }: Shape): unknown {
  return kind === "list" ? [] : kind === "map" || kind === "record" ? {} : "";
}

function fromEntries(map: Record<string, unknown>, valueOf: (key: string) => unknown): object {
  return Object.fromEntries(Object.keys(map).map((key) => [key, valueOf(key)]));
}

function isLate(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** A map of values, and nothing that is yet to arrive. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLate(value);
}
