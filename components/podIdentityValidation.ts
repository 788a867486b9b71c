import { unsaidConditionsProblem } from "../trust/podIdentityChecks";
import { IdentityMode } from "../trust/types";
import { shown } from "../trust/values";
import { wildcardAssociationProblems } from "./bindingValidation";
import { hasPodIdentity, identityOf, trustsOf, usesPodIdentity } from "./identity";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { modeProblems, podIdentityClusterProblems, sameClusterProblems } from "./podIdentityClusters";
import { roleArnProblem } from "./podIdentityReasons";
import { isPlain, problemsOf, type Problem } from "./problems";
import { absentTagProblem, sessionPolicyProblem, tagsOffAt } from "./sessionTags";
import type { PodIdentitySettings } from "./podIdentityTypes";
import { settleProblem } from "./settle";
import type { IrsaCluster, TrustSettings } from "./types";

type Found = [propertyPath: string, reason: string | undefined];

/** Faults of the arguments that have to do with EKS Pod Identity. */
export function podIdentityProblems(args: MultiClusterIrsaArgs): Problem[] {
  const clusters = Array.isArray(args.clusters) ? args.clusters : [];
  const bindings = Array.isArray(args.serviceAccounts) ? args.serviceAccounts : [];
  const usable = { ...args, clusters };
  const paths = clusters.map((_, index) => `clusters[${index}]`);
  const modes = clusters.flatMap((cluster, index) => modeProblems(cluster, paths[index] ?? ""));
  const settings = settingsProblems(args.podIdentity ?? {});
  if (modes.length > 0) {
    return [...modes, ...problemsOf(settings)];
  }
  return [
    ...clusters.flatMap((cluster, index) => podIdentityClusterProblems(cluster, paths[index] ?? "")),
    ...sameClusterProblems(clusters),
    ...wildcardAssociationProblems(bindings, clusters),
    ...problemsOf([...settings, ...needProblems(clusters, args.podIdentity), ...targetProblems(usable)]),
    ...conditionsOfOneWay(
      args.trust ?? {},
      clusters.map((cluster) => hasPodIdentity(trustsOf(cluster))),
    ),
    ...problemsOf(inlinePolicyProblems(usable)),
  ];
}

/** Faults of the settings by themselves. */
function settingsProblems(settings: PodIdentitySettings): Found[] {
  const { targetRoleArn, disableSessionTags, allowClusterWideTrust, policy, settleSeconds = 0 } = settings;
  const tagsOff = disableSessionTags === true;
  const open = allowClusterWideTrust === true;
  return [
    ["podIdentity.targetRoleArn", isPlain(targetRoleArn) ? roleArnProblem(targetRoleArn) : undefined],
    [
      "podIdentity.disableSessionTags",
      tagsOff && !open
        ? "turns off what tells ServiceAccounts apart: every association of the clusters that names the role would have it, whoever makes one. If that is meant, set allowClusterWideTrust to true"
        : undefined,
    ],
    [
      "podIdentity.allowClusterWideTrust",
      open && !tagsOff ? "is for disableSessionTags, which is not set: leave it out" : undefined,
    ],
    [
      "podIdentity.policy",
      policy !== undefined && !tagsOff
        ? "needs disableSessionTags, since EKS takes no such policy beside session tags: set it, or leave the policy out"
        : undefined,
    ],
    ["podIdentity.policy", isPlain(policy) ? sessionPolicyProblem(policy) : undefined],
    ["podIdentity.settleSeconds", settleProblem(settleSeconds)],
  ];
}

/** Settings of what nobody has. The trust of pods that are on their way out hangs on them too. */
function needProblems(clusters: IrsaCluster[], settings: PodIdentitySettings | undefined): Found[] {
  const using = clusters.filter(usesPodIdentity);
  if (settings === undefined || clusters.length === 0) {
    return [];
  }
  if (using.length === 0) {
    // How long to wait decides nothing of anybody's access: it may stay for the next time.
    const { settleSeconds: _, ...others } = settings;
    if (Object.values<unknown>(others).every((value) => value === undefined)) return [];
    const modes = `${IdentityMode.Both} or ${IdentityMode.PodIdentity}`;
    return [
      ["podIdentity", `is given, and no cluster has Pod Identity: set identity to ${modes}, or leave it out`],
    ];
  }
  if (using.some(({ baseRole }) => baseRole === undefined)) {
    return [];
  }
  const { disableSessionTags, policy } = settings;
  const elsewhere =
    "is for associations that are made here, and those of every cluster are made by the component of its baseRole: set it there";
  return [
    [
      "podIdentity.disableSessionTags",
      disableSessionTags ? `${elsewhere}, and here clusters[].baseRole.disableSessionTags` : undefined,
    ],
    ["podIdentity.policy", policy === undefined ? undefined : elsewhere],
  ];
}

/** What does not go together with a target role, whose permissions the pods get. */
function targetProblems({
  clusters,
  podIdentity,
  policyArns,
  inlinePolicies,
}: MultiClusterIrsaArgs): Found[] {
  if (podIdentity?.targetRoleArn === undefined || !clusters.some(usesPodIdentity)) {
    return [];
  }
  const others = clusters.filter((cluster) =>
    [identityOf(cluster), trustsOf(cluster)].some((mode) => mode !== IdentityMode.PodIdentity),
  );
  const names = others.map(({ name }) => shown(name)).join(", ");
  const permissions =
    "are given, and podIdentity.targetRoleArn too, whose permissions the pods get: give them to that role";
  const some = (policies: object | undefined) => Object.keys(policies ?? {}).length > 0;
  return [
    [
      "podIdentity.targetRoleArn",
      names === ""
        ? undefined
        : `wants identity and trusts of every cluster to be ${IdentityMode.PodIdentity}, and those of ${names} are not: give these clusters a component of their own`,
    ],
    ["policyArns", some(policyArns) ? permissions : undefined],
    ["inlinePolicies", some(inlinePolicies) ? permissions : undefined],
    ...clusters.map(({ baseRole }, index): Found => [
      `clusters[${index}].baseRole`,
      baseRole &&
        "is given, and podIdentity.targetRoleArn makes this component's role the base role itself: leave one of them out",
    ]),
  ];
}

/**
 * Conditions that are said for one kind of credentials alone, or for one that nobody has.
 *
 * @param trusted for each cluster, whether the role trusts its Pod Identity.
 */
export function conditionsOfOneWay(trust: TrustSettings, trusted: boolean[]): Problem[] {
  const useless =
    trusted.includes(true) || trusted.length === 0 || trust.podIdentityConditions === undefined
      ? undefined
      : "is given, and the role trusts Pod Identity of no cluster: leave it out";
  const reason = unsaidConditionsProblem(trust, trusted.includes(true)) ?? useless;
  return problemsOf([["trust.podIdentityConditions", reason]]);
}

function inlinePolicyProblems(args: MultiClusterIrsaArgs): Found[] {
  const where = tagsOffAt(args);
  return where === undefined
    ? []
    : Object.entries(args.inlinePolicies ?? {}).map(([name, policy]): Found => [
        `inlinePolicies[${JSON.stringify(name)}]`,
        isPlain(policy) ? absentTagProblem(policy, where) : undefined,
      ]);
}
