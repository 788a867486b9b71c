/** A call by which a pod comes to the role with EKS Pod Identity, as far as its condition keys are another's. */
export interface PodIdentityCall {
  /** Whether the credentials of a base role make it, and not the service itself. */
  baseRole: boolean;
  /** Whether it carries session tags. */
  tags: boolean;
}

/** Whose calls a condition is about. Pod Identity's calls default to not known: what none of them carries is refused. */
export type ConditionsFor =
  { for: "webIdentity" | "principals" } | { for: "podIdentity"; calls?: PodIdentityCall[] };

/** A key of a service, such as `aws:SourceVpc`, and not of an issuer. */
const SERVICE_KEY = /^[A-Za-z][\w-]*:[\w+=.@/-]+$/;

/**
 * Keys that AssumeRoleWithWebIdentity never carries: its caller signs nothing, so there is no principal yet; a
 * ServiceAccount's token has no session tags; and no AWS service stands between.
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
const NEVER_WITH_WEB_IDENTITY: [RegExp, string][] = [
  [
    /^aws:principal|^aws:user(id|name)$/,
    "the caller of AssumeRoleWithWebIdentity is no principal of AWS yet",
  ],
  [/^aws:(multifactorauth|tokenissuetime)/, "a web identity token is no session of AWS"],
  [/^aws:(requesttag\/|tagkeys$)/, "a ServiceAccount's token carries no session tags"],
  [/^sts:(externalid|transitivetagkeys)$/, "it is a parameter of AssumeRole alone"],
  [/^aws:source(account|arn|orgid|orgpaths|owner)$/, "no AWS service makes the call on behalf of somebody"],
];

/** Keys that the bindings write: a second clause on one would replace the first, or contradict it. */
const WRITTEN_FOR_POD_IDENTITY =
  /^aws:requesttag\/(eks-cluster-arn|kubernetes-namespace|kubernetes-service-account)$|^aws:source(arn|account)$|^sts:externalid$/;

/**
 * Keys that are of no use for Pod Identity: EKS calls STS, from its own network, as itself or with the credentials of a base role, and
 * sends six session tags or none. The last member says of which calls it is true. Default: of all.
 * Sources: the pages above, https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html and
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
 */
const NEVER_WITH_POD_IDENTITY: [RegExp, string, Partial<PodIdentityCall>?][] = [
  [
    /^aws:(source(vpc|vpce|ip|vpcarn)|vpcsourceip|vpce(account|orgid|orgpaths)|ec2instancesource.*)$|^ec2:/,
    "EKS makes the call from its own network, and not the pod from yours",
  ],
  [
    /^aws:federatedprovider$|^saml:/,
    "no identity provider has a part in it: an association takes the place of the token",
  ],
  [/^aws:multifactorauth/, "nobody signs in"],
  [/^aws:username$/, "no user of IAM makes the call"],
  [
    /^aws:requesttag\/(?!(eks-cluster-name|kubernetes-pod-name|kubernetes-pod-uid)$)/,
    "EKS sends six tags of its own, and no others can be added",
  ],
  [
    /^aws:(requesttag\/|tagkeys$)|^sts:transitivetagkeys$/,
    "the session tags of the associations are off",
    { tags: false },
  ],
  [
    /^aws:principal(?!isawsservice$|servicename$|servicenameslist$)|^aws:(userid|tokenissuetime)$/,
    "the service itself makes the call, and no principal of yours",
    { baseRole: false },
  ],
  [
    /^aws:source(orgid|orgpaths)$|^aws:principalservicename(slist)?$/,
    "a base role makes the call, and not the service itself",
    { baseRole: true },
  ],
];

/** Says why a condition on this key is refused, or undefined. */
export function keyProblem(key: string, where: ConditionsFor): string | undefined {
  const lower = key.toLowerCase();
  if (!SERVICE_KEY.test(key)) {
    return where.for === "podIdentity"
      ? "is no key of AWS (such as aws:SourceOrgID): an issuer's keys are those of web identities"
      : "is no key of AWS (such as aws:SourceVpc): an issuer's own keys are written by the bindings alone, and one issuer's key would deny every other cluster";
  }
  switch (where.for) {
    case "principals":
      return undefined;
    case "webIdentity": {
      const never = NEVER_WITH_WEB_IDENTITY.find(([pattern]) => pattern.test(lower));
      return (
        never &&
        `is never part of AssumeRoleWithWebIdentity, so the condition would deny everyone, or say nothing: ${never[1]}. Leave it out`
      );
    }
    case "podIdentity":
      return podIdentityKeyProblem(lower, where.calls ?? []);
  }
}

function podIdentityKeyProblem(lower: string, calls: PodIdentityCall[]): string | undefined {
  if (WRITTEN_FOR_POD_IDENTITY.test(lower)) {
    return "is written by the bindings, and a second condition on it could only replace or contradict that one. Leave it out";
  }
  const isOf = (call: PodIdentityCall, { baseRole = call.baseRole, tags = call.tags }) =>
    call.baseRole === baseRole && call.tags === tags;
  const never = NEVER_WITH_POD_IDENTITY.find(
    ([pattern, , only]) => pattern.test(lower) && (!only || calls.some((call) => isOf(call, only))),
  );
  return (
    never &&
    `says nothing of a pod that comes by EKS Pod Identity, so the condition would deny everyone, or mean nothing: ${never[1]}. Leave it out`
  );
}
