import { budgetProblem, trustBudget } from "../trust/budget";
import { DEFAULT_MAX_SIZE, LARGEST_MAX_SIZE } from "../trust/size";
import { adoptionProblem, issuerProblem, oidcProviderArn, parseIssuer } from "../trust/issuer";
import { TrustPolicyForm } from "../trust/types";
import { namespaceProblem, serviceAccountNameProblem, subjectOf } from "../trust/subject";
import { bindingsOf, unknownClusterReason } from "./bindings";
import type { MultiClusterIrsaArgs, MultiClusterIrsaOptions } from "./multiClusterIrsa";
import { kubernetesProblems } from "./kubernetesProviders";
import { isPlain, repeated, type Problem } from "./problems";
import { permissionProblems, roleProblems } from "./roleValidation";
import { samplePodNameProblem } from "./proofNames";
import type { IrsaCluster, ServiceAccountBinding, TrustSettings } from "./types";
import { verificationJobProblems } from "./verificationJob";

const CLUSTER_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;
const THUMBPRINT = /^[0-9A-Fa-f]{40}$/;
const MAX_THUMBPRINTS = 5;

/**
 * Finds every fault of a component's arguments that can be seen before anything is created: the check that
 * `MultiClusterIrsa` begins with, for programs that make the arguments from configuration. Values that are Outputs are
 * checked when they arrive.
 *
 * @example
 * const problems = findProblems(args);
 * if (problems.length > 0) throw new pulumi.RunError(problems.map((p) => `${p.propertyPath} ${p.reason}`).join("\n"));
 */
export function findProblems(args: MultiClusterIrsaArgs, opts: MultiClusterIrsaOptions = {}): Problem[] {
  const fleet = [
    ...clusterProblems(args.clusters),
    ...bindingProblems(args.serviceAccounts, args.clusters),
    ...trustProblems(args.trust ?? {}),
  ];
  return [
    ...fleet,
    ...(fleet.length === 0 ? foreseeableOverflow(args) : []),
    ...samplePodProblems(args),
    ...verificationJobProblems(args.verificationJob ?? {}),
    ...roleProblems(args.role ?? {}),
    ...permissionProblems(args),
    ...kubernetesProblems(args, opts),
  ];
}

/** Faults of a list of clusters, each by itself and between them. */
export function clusterProblems(clusters: IrsaCluster[] | undefined): Problem[] {
  if (!Array.isArray(clusters) || clusters.length === 0) {
    return [{ propertyPath: "clusters", reason: "is empty: list at least one cluster" }];
  }
  return [
    ...clusters.flatMap((cluster, index) => oneClusterProblems(cluster, `clusters[${index}]`)),
    ...repeated(
      clusters.flatMap(({ name, formerNames = [] }) => [...new Set([name, ...formerNames])]),
      clusters.flatMap(({ name, formerNames = [] }, index) =>
        [...new Set([name, ...formerNames])].map((one) =>
          one === name ? `clusters[${index}].name` : `clusters[${index}].formerNames`,
        ),
      ),
      (name, first) => `is "${name}", as ${first} is: give each cluster a name of its own`,
    ),
    ...repeated(
      clusters.map(({ issuerUrl }) => (isPlain(issuerUrl) && issuerUrl !== "" ? issuerUrl : undefined)),
      clusters.map((_, index) => `clusters[${index}].issuerUrl`),
      sharedIssuerReason,
    ),
  ];
}

function oneClusterProblems(cluster: IrsaCluster, path: string): Problem[] {
  const problems: Problem[] = [];
  const add = (property: string, reason: string | undefined) => {
    if (reason !== undefined) problems.push({ propertyPath: `${path}.${property}`, reason });
  };
  const { name, issuerUrl, oidcProviderArn, kubeconfig, formerNames = [] } = cluster;
  add("name", clusterNameProblem(name));
  formerNames.forEach((former, index) => {
    add(`formerNames[${index}]`, clusterNameProblem(former));
  });
  // A program in JavaScript may well leave it out.
  add("issuerUrl", (issuerUrl as unknown) === undefined ? issuerProblem("") : undefined);
  add("issuerUrl", isPlain(issuerUrl) ? issuerProblem(issuerUrl) : undefined);
  if (isPlain(oidcProviderArn) && isPlain(issuerUrl)) {
    add("oidcProviderArn", adoptionProblem(oidcProviderArn, issuerUrl));
  }
  add("kubeconfig", kubeconfig === "" ? "is empty: pass the text of a kubeconfig" : undefined);
  for (const problem of thumbprintProblems(cluster)) {
    add("thumbprints", problem);
  }
  return problems;
}

/** Says that two clusters have one issuer. */
export function sharedIssuerReason(issuer: string, first: string): string {
  return `is "${issuer}", as ${first} is: an issuer belongs to one cluster, list that cluster once`;
}

/** Says why a name cannot stand for a cluster, or undefined. */
export function clusterNameProblem(name: string): string | undefined {
  return typeof name === "string" && CLUSTER_NAME.test(name)
    ? undefined
    : `is not a cluster's name: ${JSON.stringify(name)} (plain text of 1 to 100 letters, digits, "-" and "_", a letter or digit first)`;
}

export function thumbprintProblems(cluster: Pick<IrsaCluster, "thumbprints" | "oidcProviderArn">): string[] {
  const { thumbprints = [], oidcProviderArn } = cluster;
  const problems = thumbprints
    .filter((thumbprint) => !THUMBPRINT.test(thumbprint))
    .map((thumbprint) => `has "${thumbprint}", which is not a SHA-1 thumbprint: write 40 hexadecimal digits`);
  if (thumbprints.length > MAX_THUMBPRINTS) {
    problems.push(`has ${thumbprints.length} entries; IAM takes at most ${MAX_THUMBPRINTS}`);
  }
  if (thumbprints.length > 0 && oidcProviderArn !== undefined) {
    problems.push("cannot be set on an adopted OIDC provider, which is never changed: leave thumbprints out");
  }
  return problems;
}

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
  return [
    ...bindings.flatMap((binding, index) => oneBindingProblems(binding, `serviceAccounts[${index}]`, names)),
    ...repeated(
      bindings.map(({ namespace, name }) => `${namespace}/${name}`),
      bindings.map((_, index) => `serviceAccounts[${index}]`),
      (binding, first) => `binds ${binding}, as ${first} does: make it one binding with the clusters of both`,
    ),
  ];
}

function oneBindingProblems(binding: ServiceAccountBinding, path: string, known: string[]): Problem[] {
  const problems: Problem[] = [];
  const add = (property: string, reason: string | undefined) => {
    if (reason !== undefined) problems.push({ propertyPath: `${path}.${property}`, reason });
  };
  add("namespace", typeof binding.namespace === "string" ? namespaceProblem(binding.namespace) : NOT_PLAIN);
  add("name", typeof binding.name === "string" ? serviceAccountNameProblem(binding.name) : NOT_PLAIN);
  if (binding.clusters?.length === 0) {
    add("clusters", "is empty: leave it out to bind in every cluster, or name the clusters");
  }
  binding.clusters?.forEach((cluster, index) => {
    const reason = known.includes(cluster) ? undefined : unknownClusterReason(cluster, known);
    const again = binding.clusters?.indexOf(cluster) !== index ? `names "${cluster}" twice` : undefined;
    add(`clusters[${index}]`, reason ?? again);
  });
  return problems;
}

const NOT_PLAIN = "must be plain text: it decides which resources there are and what they are called";

function samplePodProblems({ samplePod, serviceAccounts }: MultiClusterIrsaArgs): Problem[] {
  if (samplePod === undefined || !Array.isArray(serviceAccounts)) {
    return [];
  }
  return serviceAccounts.flatMap(({ name }, index) => {
    const reason = samplePodNameProblem(name);
    return reason === undefined ? [] : [{ propertyPath: `serviceAccounts[${index}].name`, reason }];
  });
}

/** Faults of the trust settings. */
export function trustProblems({ form, maxSize = DEFAULT_MAX_SIZE }: TrustSettings): Problem[] {
  const problems: Problem[] = [];
  const forms: string[] = Object.values(TrustPolicyForm);
  if (form !== undefined && !forms.includes(form)) {
    problems.push({
      propertyPath: "trust.form",
      reason: `is ${JSON.stringify(form)}: write ${forms.join(" or ")}`,
    });
  }
  if (!Number.isInteger(maxSize) || maxSize < DEFAULT_MAX_SIZE || maxSize > LARGEST_MAX_SIZE) {
    const range = `a whole number from ${DEFAULT_MAX_SIZE} to ${LARGEST_MAX_SIZE}`;
    problems.push({
      propertyPath: "trust.maxSize",
      reason: `is ${String(maxSize)}: write the account's quota, ${range}`,
    });
  }
  return problems;
}

/**
 * The size of the trust policy does not depend on which account it is, so where every issuer is known it is judged before
 * AWS is asked for anything.
 */
function foreseeableOverflow({ clusters, serviceAccounts, trust = {} }: MultiClusterIrsaArgs): Problem[] {
  const trusted = clusters.flatMap(({ name, issuerUrl }) => {
    const subjects = bindingsOf(name, serviceAccounts).map((binding) =>
      subjectOf(binding.namespace, binding.name),
    );
    return isPlain(issuerUrl) && subjects.length > 0 ? [{ name, issuerUrl, subjects }] : [];
  });
  if (trusted.length === 0) {
    return [];
  }
  const standIns = trusted.map(({ issuerUrl, ...rest }) => ({
    ...rest,
    // The shortest partition: what does not fit with it fits with none.
    oidcProviderArn: oidcProviderArn(parseIssuer(issuerUrl), { partition: "aws", accountId: "000000000000" }),
  }));
  const reason = budgetProblem(trustBudget(standIns, trust), standIns, trust);
  return reason === undefined ? [] : [{ propertyPath: "clusters", reason: `are too many: ${reason}` }];
}
