import { randomUUID } from "node:crypto";
import type { Accounts, Role } from "../account";
import type { KeyFinder } from "../discovery";
import type { EksCluster } from "../eks";
import { isPermitted } from "../identityPolicy";
import { mintSession } from "../mint";
import { AwsError, type Answer } from "../query";
import { jsonAnswer, type RawCall, type RestCall, type RestRoute } from "../rest";
import { factsOf, type BaseRole, type EksService, type SessionTags } from "../trustCallers";
import { judgeTrust } from "../trustJudge";
import { accessKeyIn } from "../users";
import type { LabAccount } from "../../types";
import { externalIdOf } from "./associations";
import { findCluster, type PodIdentityParts } from "./clusters";
import { requiredField, seconds } from "./fields";
import { podIdentityAudience, verifyPodToken, type PodOfToken } from "./podToken";
import { findRole, placeOfRole } from "./roles";
import { clusterArn, type Association, type ClusterPlace } from "./store";

export interface AuthParts extends PodIdentityParts {
  keys: KeyFinder;
  /** The clusters whose tokens can be verified. */
  clusters: EksCluster[];
}

/** As long as EKS asks STS for: seen in CloudTrail. */
const SESSION_SECONDS = 21_600;
/** The most that STS gives where one role assumes another (IAM User Guide, "role chaining"). */
const CHAINED_SESSION_SECONDS = 3600;

/** EKS Auth's one call: botocore's eks-auth service model has its shapes. */
export const authRoutes: RestRoute<AuthParts>[] = [
  {
    service: "eks-auth",
    method: "POST",
    path: "/clusters/{cluster}/assume-role-for-pod-identity",
    answer: assumeRoleForPodIdentity,
  },
];

/** Trades a pod's token for a session of the role that its ServiceAccount is associated with. */
async function assumeRoleForPodIdentity(call: RestCall, parts: AuthParts, raw: RawCall): Promise<Answer> {
  const token = requiredField(call, "token");
  const admin = accountOfCaller(raw, parts);
  const cluster = await findCluster(parts.moto, admin, call.region, call.path["cluster"] ?? "");
  const issuing = parts.clusters.find(
    ({ name, region }) => name === cluster.name && region === cluster.region,
  );
  if (!issuing)
    throw new AwsError("InvalidTokenException", "The lab's cluster of this name issues no tokens.");
  const pod = await verifyPodToken(token, issuing.issuerUrl, parts.keys);

  const association = associationOf(cluster, pod, parts);
  if (association.policy !== undefined) {
    // moto would take it and apply nothing of it, which gives more than was asked for.
    throw new AwsError(
      "InvalidRequestException",
      "The lab cannot apply the session policy of an association.",
    );
  }
  const { role, durationSeconds, roleSessionName } = await allowedRole(cluster, association, pod, parts);
  const owner = parts.accounts.find(placeOfRole(role.arn) ?? cluster)?.admin ?? admin;
  const session = await mintSession(
    { roleArn: role.arn, roleSessionName, durationSeconds },
    parts.moto,
    owner,
  );
  return jsonAnswer({
    subject: { namespace: pod.namespace, serviceAccount: pod.serviceAccount },
    audience: podIdentityAudience,
    podIdentityAssociation: { associationArn: association.arn, associationId: association.id },
    assumedRoleUser: { arn: session.arn, assumeRoleId: `${role.id}:${roleSessionName}` },
    credentials: {
      sessionToken: session.sessionToken,
      secretAccessKey: session.secretAccessKey,
      accessKeyId: session.accessKeyId,
      expiration: seconds(new Date(session.expiration)),
    },
  });
}

/**
 * The account of the node that calls. Nothing proves it: the signature is not verified, since nodes of the lab have no keys of
 * their own. An administrator's key names his account, everything else means the lab's own.
 */
function accountOfCaller({ call }: RawCall, { moto }: AuthParts): LabAccount {
  const accessKeyId = accessKeyIn(call.incoming.headers.authorization);
  return moto.otherAdmins.find((other) => other.accessKeyId === accessKeyId) ?? moto.admin;
}

function associationOf(cluster: ClusterPlace, pod: PodOfToken, { podIdentity }: AuthParts): Association {
  const association = [...podIdentity.of(cluster).associations.values()].find(
    ({ namespace, serviceAccount }) => namespace === pod.namespace && serviceAccount === pod.serviceAccount,
  );
  if (association) return association;
  throw new AwsError(
    "ResourceNotFoundException",
    `No association found in cluster: ${cluster.name} for ServiceAccount ${pod.namespace}/${pod.serviceAccount}`,
    404,
  );
}

/** The role whose session the pod gets, once everybody on the way to it is allowed to go on. */
async function allowedRole(
  cluster: ClusterPlace,
  association: Association,
  pod: PodOfToken,
  { accounts }: AuthParts,
): Promise<{ role: Role; durationSeconds: number; roleSessionName: string }> {
  const roleSessionName = sessionName(cluster, pod);
  const arn = clusterArn(cluster);
  const tags: SessionTags | undefined = association.disableSessionTags
    ? undefined
    : { ...pod, clusterArn: arn, clusterName: cluster.name };
  const service: EksService = {
    kind: "eks-service",
    clusterArn: arn,
    accountId: cluster.accountId,
    tags,
    roleSessionName,
  };
  const base = await findRole(accounts, association.roleArn);
  if (!base || !judgeTrust(base.trustPolicy, service).allowed) throw notAllowed();
  const { targetRoleArn } = association;
  if (targetRoleArn === undefined) return { role: base, durationSeconds: SESSION_SECONDS, roleSessionName };

  const externalId = externalIdOf(cluster, association);
  const caller: BaseRole = { kind: "base-role", roleArn: base.arn, tags, externalId, roleSessionName };
  const target = await findRole(accounts, targetRoleArn);
  if (!target || !judgeTrust(target.trustPolicy, caller).allowed) throw notAllowed();
  if (!(await mayAssume(accounts, caller, target.arn))) throw notAllowed();
  return { role: target, durationSeconds: CHAINED_SESSION_SECONDS, roleSessionName };
}

/**
 * Whether the base role's own policies let it go on to the target, tags included. moto's judgement would be of no use: it
 * looks for the session's ARN in the target's trust policy, where the role's stands.
 */
async function mayAssume(accounts: Accounts, caller: BaseRole, resource: string): Promise<boolean> {
  const place = placeOfRole(caller.roleArn);
  const documents = place ? await accounts.find(place)?.account.policiesOf(caller.roleArn) : undefined;
  const { actions, keys } = factsOf(caller);
  return actions.every((action) => isPermitted(documents ?? [], { action, resource, keys }));
}

/** `eks-<cluster>-<pod>-<random UUID>`: of cluster and pod the first ten characters, as CloudTrail shows it. */
function sessionName({ name }: ClusterPlace, { podName }: PodOfToken): string {
  return ["eks", name.slice(0, 10), podName.slice(0, 10), randomUUID()].join("-");
}

/** The code, status and text that pods have seen (aws-controllers-k8s/community#2678). */
function notAllowed(): AwsError {
  return new AwsError(
    "AccessDeniedException",
    "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
  );
}
