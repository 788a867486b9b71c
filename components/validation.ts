import * as pulumi from "@pulumi/pulumi";
import type { PodIdentityCall } from "../trust/extraKeys";
import { SubjectMatch } from "../trust/subject";
import { shown } from "../trust/values";
import { bindingProblems } from "./bindingValidation";
import type { MultiClusterIrsaArgs, MultiClusterIrsaOptions } from "./multiClusterIrsa";
import { kubernetesProblems } from "./kubernetesProviders";
import { unknownKeyProblems } from "./knownKeys";
import { hasPodIdentity, trustsOf, withoutUnusedProvider } from "./identity";
import { podIdentityCall } from "./podIdentityTrust";
import { podIdentityProblems } from "./podIdentityValidation";
import type { PodIdentitySettings } from "./podIdentityTypes";
import { isPlain, problem, repeated, type Problem } from "./problems";
import { providerProblems } from "./providerValidation";
import { permissionProblems, roleProblems } from "./roleValidation";
import { samplePodNameProblem } from "./proofNames";
import { proofProblems } from "./proofValidation";
import { checkShapes, untold } from "./shapes";
import { shardProblems } from "./shards";
import { tagProblems } from "./tagValidation";
import {
  audienceProblems,
  baseRolePrincipalProblems,
  foreseeableOverflow,
  sharedKeyProblems,
  trustProblems,
} from "./trustValidation";
import { retiredProblems } from "./transitions";
import { ServiceAccountOwnership, type IrsaCluster } from "./types";
import { verificationJobProblems } from "./verificationJob";

const CLUSTER_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;

/**
 * Finds every fault of a component's arguments that can be seen before anything is created: the check that
 * `MultiClusterIrsa` begins with, for programs that make the arguments from configuration. Values that are Outputs are
 * checked when they arrive.
 *
 * @param args the component's arguments, of whatever shape they are.
 * @param opts the component's options, of which `clusterProviders` and the kind of providers are looked at.
 * @returns the faults, in the order of the arguments; none where nothing is wrong.
 * @example
 * const problems = findProblems(args);
 * if (problems.length > 0) throw new pulumi.RunError(problems.map((p) => `${p.propertyPath} ${p.reason}`).join("\n"));
 */
export function findProblems(args: MultiClusterIrsaArgs, opts: MultiClusterIrsaOptions = {}): Problem[] {
  const { problems, usable } = checkShapes(args);
  const unknown = unknownKeyProblems(args, "MultiClusterIrsa");
  return [...problems, ...unknown, ...untold(problemsIn(usable, { ...opts }), problems)];
}

function problemsIn(args: MultiClusterIrsaArgs, opts: MultiClusterIrsaOptions): Problem[] {
  const listed = Array.isArray(args.clusters) ? args.clusters : [];
  const fleet = [
    ...clusterProblems(listed.map(withoutUnusedProvider)),
    ...bindingProblems(args.serviceAccounts, args.clusters),
    ...trustProblems(args.trust ?? {}, podIdentityCalls(listed, args.podIdentity ?? {})),
    ...shardProblems(listed, args.trust ?? {}),
    ...podIdentityProblems(args),
  ];
  const { clusters, trust = {} } = args;
  const audience =
    fleet.length === 0 ? [...audienceProblems(clusters, trust), ...sharedKeyProblems(clusters, trust)] : [];
  return [
    ...fleet,
    ...audience,
    ...(fleet.length === 0 ? baseRolePrincipalProblems(trust, clusters) : []),
    ...(fleet.length === 0 ? retiredProblems(args) : []),
    ...(fleet.length === 0 && audience.length === 0 ? foreseeableOverflow(args) : []),
    ...samplePodProblems(args),
    ...verificationJobProblems(args.verificationJob ?? {}),
    ...proofProblems(args),
    ...tagProblems(args.tags),
    ...roleProblems(args.role ?? {}, args.trust ?? {}),
    ...permissionProblems(args),
    ...kubernetesProblems(args, opts),
  ];
}

/** How the pods of the clusters come to the role by Pod Identity, where it is trusted. */
function podIdentityCalls(clusters: IrsaCluster[], settings: PodIdentitySettings): PodIdentityCall[] {
  return clusters
    .filter((cluster) => hasPodIdentity(trustsOf(cluster)))
    .map((cluster) => podIdentityCall(cluster, settings));
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
  const { name, kubeconfig, formerNames = [] } = cluster;
  add("name", clusterNameProblem(name));
  formerNames.forEach((former, index) => {
    add(`formerNames[${index}]`, clusterNameProblem(former));
  });
  problems.push(...providerProblems(cluster, `${path}.`));
  add("kubeconfig", kubeconfig === "" ? "is empty: pass the text of a kubeconfig" : undefined);
  return problems;
}

/** Says that two clusters have one issuer. */
export function sharedIssuerReason(issuer: string, first: string): string {
  return `is "${issuer}", as ${first} is: an issuer belongs to one cluster, list that cluster once`;
}

/** Says why a name cannot stand for a cluster, or undefined. A program without types may have anything here. */
export function clusterNameProblem(name: unknown): string | undefined {
  if (name === undefined || name === null) {
    return "is missing: write a name for the cluster, which is part of the URN of everything made for it";
  }
  if (pulumi.Output.isInstance(name) || name instanceof Promise) {
    return "arrives while the program runs: write plain text, which is part of the URN of everything made for the cluster";
  }
  return typeof name === "string" && CLUSTER_NAME.test(name)
    ? undefined
    : `is not a cluster's name: ${shown(name)} (plain text of 1 to 100 letters, digits, "-" and "_", a letter or digit first)`;
}

function samplePodProblems({ samplePod, serviceAccounts }: MultiClusterIrsaArgs): Problem[] {
  if (samplePod === undefined || !Array.isArray(serviceAccounts)) {
    return [];
  }
  return serviceAccounts.flatMap(({ name, match, ownership }, index) => {
    const none = match === SubjectMatch.Wildcard || ownership === ServiceAccountOwnership.None;
    const reason = none ? undefined : samplePodNameProblem(name);
    return problem(`serviceAccounts[${index}].name`, reason);
  });
}
