import {
  namespacePatternProblem,
  namespaceProblem,
  serviceAccountNamePatternProblem,
  serviceAccountNameProblem,
  SubjectMatch,
} from "../trust/subject";
import { isTexts, shown } from "../trust/values";
import { bindingsOf, unknownClusterReason } from "./bindings";
import { usesPodIdentity } from "./identity";
import { repeated, type Problem } from "./problems";
import { ownershipProblems, wildcardOwnershipProblems } from "./serviceAccountValidation";
import type { IrsaCluster, ServiceAccountBinding } from "./types";

const NOT_PLAIN = "must be plain text: it decides which resources there are and what they are called";

/** Faults of a list of bindings. */
export function bindingProblems(
  bindings: ServiceAccountBinding[] | undefined,
  clusters: { name: string }[] | undefined,
): Problem[] {
  if (!Array.isArray(bindings) || bindings.length === 0) {
    return [
      {
        propertyPath: "serviceAccounts",
        reason: "is empty: list at least one ServiceAccount that may assume the role",
      },
    ];
  }
  const names = Array.isArray(clusters) ? clusters.map(({ name }) => name) : [];
  // Where a name is wrong, or there is none, it is told: what a binding means by it cannot be told.
  const known = names.length > 0 && isTexts(names) && !names.includes("") ? names : undefined;
  return [
    ...bindings.flatMap((binding, index) => oneBindingProblems(binding, `serviceAccounts[${index}]`, known)),
    ...repeated(
      bindings.map(({ namespace, name }) =>
        isTexts([namespace, name]) ? `${namespace}/${name}` : undefined,
      ),
      bindings.map((_, index) => `serviceAccounts[${index}]`),
      (binding, first) => `binds ${binding}, as ${first} does: make it one binding with the clusters of both`,
    ),
  ];
}

function oneBindingProblems(
  binding: ServiceAccountBinding,
  path: string,
  known: string[] | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const add = (property: string, reason: string | undefined) => {
    if (reason !== undefined) problems.push({ propertyPath: `${path}.${property}`, reason });
  };
  const { namespace, name } = binding;
  const matches: string[] = Object.values(SubjectMatch);
  if (binding.match !== undefined && !matches.includes(binding.match)) {
    add("match", `is ${shown(binding.match)}: write ${matches.join(" or ")}`);
  } else if (binding.match === SubjectMatch.Wildcard) {
    addWildcardProblems(binding, add);
    problems.push(...wildcardOwnershipProblems(binding, path));
  } else {
    add("namespace", typeof namespace === "string" ? namespaceProblem(namespace) : NOT_PLAIN);
    add("name", typeof name === "string" ? serviceAccountNameProblem(name) : NOT_PLAIN);
    problems.push(...ownershipProblems(binding, path));
  }
  if (binding.clusters?.length === 0) {
    add("clusters", "is empty: leave it out to bind in every cluster, or name the clusters");
  }
  binding.clusters?.forEach((cluster, index) => {
    const reason =
      known === undefined || known.includes(cluster) ? undefined : unknownClusterReason(cluster, known);
    const again = binding.clusters?.indexOf(cluster) !== index ? `names "${cluster}" twice` : undefined;
    add(`clusters[${index}]`, reason ?? again);
  });
  return problems;
}

function addWildcardProblems(
  { namespace, name, allowWildcardNamespace }: ServiceAccountBinding,
  add: (property: string, reason: string | undefined) => void,
): void {
  add("namespace", typeof namespace === "string" ? namespacePatternProblem(namespace) : NOT_PLAIN);
  add("name", typeof name === "string" ? serviceAccountNamePatternProblem(name) : NOT_PLAIN);
  const any = (text: unknown) => typeof text === "string" && text.includes("*");
  if (!any(namespace) && !any(name)) {
    add("match", "is Wildcard, and neither namespace nor name has a `*`: leave it out");
  }
  if (any(namespace) && allowWildcardNamespace !== true) {
    add(
      "namespace",
      `has a wildcard: "${namespace}". Whoever may make a namespace that fits would have the role; if that is meant, set allowWildcardNamespace to true`,
    );
  }
}

/** Bindings with wildcards in clusters of Pod Identity, where an association is of exactly one ServiceAccount. */
export function wildcardAssociationProblems(
  bindings: ServiceAccountBinding[],
  clusters: IrsaCluster[],
): Problem[] {
  return bindings.flatMap((binding, index) => {
    if (binding.match !== SubjectMatch.Wildcard) return [];
    const reached = clusters.filter(
      (cluster) => usesPodIdentity(cluster) && bindingsOf(cluster.name, [binding]).length > 0,
    );
    const names = reached.map(({ name }) => shown(name)).join(", ");
    return names === ""
      ? []
      : [
          {
            propertyPath: `serviceAccounts[${index}].match`,
            reason: `is Wildcard, and Pod Identity, which ${names} has, takes no wildcards: bind each ServiceAccount by its name, or bind this one by \`clusters\` where there is IRSA alone`,
          },
        ];
  });
}
