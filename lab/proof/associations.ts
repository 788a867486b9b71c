import { ACCOUNT_OF_CLUSTER, CLUSTER_OF_ARN, CLUSTERS } from "./arns";
import { both, matchesOneOf, settledAs, type Formula } from "./cases";
import { parsePrincipal, POD_IDENTITY_SERVICE, type Caller } from "./principals";
import { Requests, type Key } from "./requests";
import type { Term } from "./smt";

export const REQUEST_TAG = "aws:requesttag/";

/**
 * All requests that EKS makes for associations of Pod Identity: for the role itself, or as a base role for its target role. With
 * session tags on it sends six, and needs both actions.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
 */
export class AssociationRequests extends Requests {
  readonly caller: Caller;
  readonly actions: string[];
  readonly cluster: Term;
  readonly namespace: Term;
  readonly serviceAccount: Term;

  constructor(
    readonly baseRoleArn: string | undefined,
    readonly sessionTags: boolean,
    place = 0,
  ) {
    super(place, baseRoleArn === undefined ? undefined : "base role");
    this.caller = callerOf(baseRoleArn);
    this.actions = sessionTags ? ["sts:assumerole", "sts:tagsession"] : ["sts:assumerole"];
    this.cluster = this.variables.text("cluster ARN");
    this.namespace = this.variables.text("namespace");
    this.serviceAccount = this.variables.text("ServiceAccount");
  }

  /** The cluster's ARN is one, and the base role is the one that it is. */
  wellFormed(): Formula {
    const { principal, baseRoleArn = "" } = this;
    return both(
      matchesOneOf(this.cluster, [CLUSTERS]),
      ...(principal === undefined ? [] : [settledAs(principal, baseRoleArn)]),
    );
  }

  protected override ofService(name: string): Key {
    if (name.startsWith(REQUEST_TAG)) {
      return this.ofTag(name, name.slice(REQUEST_TAG.length));
    }
    // Whether a base role's session carries them is not known.
    if (this.baseRoleArn === undefined && name === "aws:sourcearn") {
      return { kind: "known", name, value: this.cluster };
    }
    if (this.baseRoleArn === undefined && name === "aws:sourceaccount") {
      return { kind: "known", name, value: this.cluster, around: ACCOUNT_OF_CLUSTER };
    }
    return super.ofService(name);
  }

  private ofTag(name: string, tag: string): Key {
    const { sessionTags, cluster, namespace, serviceAccount, variables } = this;
    switch (sessionTags ? tag : "") {
      case "eks-cluster-arn":
        return { kind: "known", name, value: cluster };
      case "eks-cluster-name":
        return { kind: "known", name, value: cluster, around: CLUSTER_OF_ARN };
      case "kubernetes-namespace":
        return { kind: "known", name, value: namespace };
      case "kubernetes-service-account":
        return { kind: "known", name, value: serviceAccount };
      case "kubernetes-pod-name":
      case "kubernetes-pod-uid":
        return { kind: "known", name, value: variables.text(tag) };
      default:
        return { kind: "missing", name };
    }
  }
}

/** Who assumes the role for associations: EKS itself, or a base role. */
export function callerOf(baseRoleArn: string | undefined): Caller {
  return baseRoleArn === undefined
    ? { kind: "service", service: POD_IDENTITY_SERVICE }
    : { kind: "aws", arn: baseRoleArn, account: parsePrincipal(baseRoleArn)?.account ?? "" };
}
