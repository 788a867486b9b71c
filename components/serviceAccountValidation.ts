import type * as pulumi from "@pulumi/pulumi";
import { STS_AUDIENCE } from "../trust/types";
import { shown } from "../trust/values";
import { isPlain, problem, repeated, type Problem } from "./problems";
import {
  annotationKeyProblem,
  labelKeyProblem,
  labelValueProblem,
  secretNameProblem,
} from "./serviceAccountMetadata";
import { EKS_ANNOTATIONS } from "./serviceAccountSettings";
import { ServiceAccountOwnership, type ServiceAccountBinding, type ServiceAccountSettings } from "./types";

/** Of a ServiceAccount's token: Kubernetes makes none that lives shorter, and EKS's webhook cuts what is longer to a day. */
const [SHORTEST_TOKEN, LONGEST_TOKEN] = [600, 86400];
/** They are there in every cluster. */
const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** What each way to own a ServiceAccount cannot have, and why. */
const UNFIT: {
  [ownership in ServiceAccountOwnership]: { keys: (keyof ServiceAccountSettings)[]; reason: string };
} = {
  [ServiceAccountOwnership.Create]: {
    keys: ["forceConflicts"],
    reason:
      "is for ServiceAccountOwnership.Patch only, since nobody else sets what is made here: leave it out",
  },
  [ServiceAccountOwnership.Patch]: {
    keys: ["automountServiceAccountToken", "imagePullSecrets"],
    reason:
      "cannot be set with ServiceAccountOwnership.Patch, which applies annotations and labels only: set it where the ServiceAccount is made",
  },
  [ServiceAccountOwnership.None]: {
    keys: ["labels", "imagePullSecrets", "forceConflicts"],
    reason:
      "cannot be set with ServiceAccountOwnership.None, whose output helmValues has no place for it: set it where the ServiceAccount is made",
  },
};

type Owned = Pick<ServiceAccountBinding, "ownership" | "settings">;

/** Faults of what a binding says about the ServiceAccount itself and its namespace. */
export function ownershipProblems(binding: ServiceAccountBinding, path: string): Problem[] {
  const { ownership = ServiceAccountOwnership.Create, createNamespace, namespace } = binding;
  const problems = serviceAccountProblems(binding, `${path}.`);
  if (createNamespace === true) {
    const reason = namespaceReason(ownership, namespace);
    if (reason !== undefined) problems.push({ propertyPath: `${path}.createNamespace`, reason });
  }
  return problems;
}

/** Faults of a binding for which nothing is made in any cluster, and which says how it were to be made. */
export function wildcardOwnershipProblems(binding: ServiceAccountBinding, path: string): Problem[] {
  const { ownership, createNamespace, settings } = binding;
  const given = { ownership, createNamespace: createNamespace === true || undefined, settings };
  return Object.entries(given).flatMap(([property, value]) =>
    value === undefined
      ? []
      : [
          {
            propertyPath: `${path}.${property}`,
            reason: "is of no use where match is Wildcard: nothing is made in the clusters. Leave it out",
          },
        ],
  );
}

/** Faults of a ServiceAccount's owner and settings. */
export function serviceAccountProblems({ ownership, settings = {} }: Owned, prefix: string): Problem[] {
  const owners: string[] = Object.values(ServiceAccountOwnership);
  if (ownership !== undefined && !owners.includes(ownership)) {
    const reason = `is ${shown(ownership)}: write ${owners.join(", ")}`;
    return [
      { propertyPath: `${prefix}ownership`, reason },
      ...settingsProblems(settings, `${prefix}settings`),
    ];
  }
  const { keys, reason } = UNFIT[ownership ?? ServiceAccountOwnership.Create];
  const asked = { ...settings, forceConflicts: settings.forceConflicts === true || undefined };
  const unfit = keys.filter((key) => asked[key] !== undefined);
  const fitting = Object.fromEntries(
    Object.entries(settings).filter(([key]) => !unfit.some((one) => one === key)),
  );
  return [
    ...unfit.map((key) => ({ propertyPath: `${prefix}settings.${key}`, reason })),
    ...settingsProblems(fitting, `${prefix}settings`),
  ];
}

function namespaceReason(ownership: ServiceAccountOwnership, namespace: string): string | undefined {
  switch (ownership) {
    case ServiceAccountOwnership.Patch:
      return "cannot be set with ServiceAccountOwnership.Patch: where the ServiceAccount exists, its namespace does. Leave it out";
    case ServiceAccountOwnership.None:
      return "cannot be set with ServiceAccountOwnership.None, which makes nothing in the cluster: leave it out";
    default:
      return SYSTEM_NAMESPACES.includes(namespace)
        ? `is set for "${namespace}", which every cluster has: leave it out`
        : undefined;
  }
}

function settingsProblems(settings: ServiceAccountSettings, path: string): Problem[] {
  const { audience, tokenExpiration: seconds } = settings;
  const problems = [...mapProblems(settings, path), ...secretProblems(settings, path)];
  if (audience !== undefined && audience !== STS_AUDIENCE) {
    problems.push({
      propertyPath: `${path}.audience`,
      reason: `is ${shown(audience)}: the trust policy admits tokens for "${STS_AUDIENCE}" only`,
    });
  }
  const fine =
    Number.isInteger(seconds) && Number(seconds) >= SHORTEST_TOKEN && Number(seconds) <= LONGEST_TOKEN;
  if (seconds !== undefined && !fine) {
    problems.push({
      propertyPath: `${path}.tokenExpiration`,
      reason: `is ${shown(seconds)}: write whole seconds, from ${SHORTEST_TOKEN} to ${LONGEST_TOKEN}`,
    });
  }
  return problems;
}

function mapProblems({ labels = {}, annotations = {} }: ServiceAccountSettings, path: string): Problem[] {
  return [
    ...labelProblems(labels, `${path}.labels`),
    ...Object.keys(annotations).flatMap((key) =>
      problem(
        `${path}.annotations[${JSON.stringify(key)}]`,
        annotationKeyProblem(key) ?? reservedProblem(key),
      ),
    ),
  ];
}

/** Faults of labels, or of what selects by them. */
export function labelProblems(labels: { [key: string]: pulumi.Input<string> } = {}, path: string): Problem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const reason = labelKeyProblem(key) ?? (isPlain(value) ? labelValueProblem(value) : undefined);
    return problem(`${path}[${JSON.stringify(key)}]`, reason);
  });
}

/** What is written by other means, with checks of its own. */
const INSTEAD: { [key: string]: string } = {
  [`${EKS_ANNOTATIONS}role-arn`]: "it is set to the role's ARN anyway, leave it out",
  [`${EKS_ANNOTATIONS}audience`]: "set settings.audience",
  [`${EKS_ANNOTATIONS}sts-regional-endpoints`]: "set settings.stsRegionalEndpoints",
  [`${EKS_ANNOTATIONS}token-expiration`]: "set settings.tokenExpiration",
  "pulumi.com/patchForce": "set settings.forceConflicts",
};

function reservedProblem(key: string): string | undefined {
  const instead = Object.entries(INSTEAD).find(([reserved]) => reserved.toLowerCase() === key.toLowerCase());
  if (instead !== undefined) {
    return `is not set here: ${instead[1]}`;
  }
  const prefix = [EKS_ANNOTATIONS, "pulumi.com/"].find((one) => key.toLowerCase().startsWith(one));
  return (
    prefix && `begins with "${prefix}", whose annotations are set by properties of their own: leave it out`
  );
}

function secretProblems({ imagePullSecrets = [] }: ServiceAccountSettings, path: string): Problem[] {
  const plain = imagePullSecrets.map((secret) => (isPlain(secret) ? secret : undefined));
  const paths = plain.map((_, index) => `${path}.imagePullSecrets[${index}]`);
  return [
    ...plain.flatMap((secret, index) => {
      const reason = secret === undefined ? undefined : secretNameProblem(secret);
      return problem(paths[index] ?? "", reason);
    }),
    ...repeated(plain, paths, (secret, first) => `is "${secret}", as ${first} is: name each Secret once`),
  ];
}
