import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  UpdatePodIdentityAssociationCommand,
  type EKSClient,
} from "@aws-sdk/client-eks";
import type { Properties } from "../../shared/server";
import type { AwsClients } from "../clients";
import { explain, unlessMissing, type AwsError } from "../errors";
import { changes } from "../plan";
import { samePolicies } from "../policyDocument";
import { REGION, splitImportId } from "../regions";
import { optionalText, output, TAG_PROPERTIES, text, type ResourceDefinition, type Schema } from "../schema";
import { fromTagMap, readTags, tagMapToCreate } from "../tags";
import { frameworkArn, frameworkJson } from "../validation";
import { insist } from "../waiting";
import { changeEksTags } from "./eksTags";

// internal/service/eks/pod_identity_association.go of terraform-provider-aws; `policy` as it came with
// https://github.com/hashicorp/terraform-provider-aws/pull/48869.
const schema: Schema = {
  associationArn: output("association_arn"),
  associationId: output("association_id"),
  clusterName: { terraformName: "cluster_name", input: "required", forceNew: true },
  disableSessionTags: { terraformName: "disable_session_tags", input: "optional", plannedDefault: false },
  externalId: { ...output("external_id"), renewed: true },
  namespace: { terraformName: "namespace", input: "required", forceNew: true },
  policy: {
    terraformName: "policy",
    input: "optional",
    equivalent: samePolicies,
    problems: frameworkJson("policy"),
  },
  ...REGION,
  roleArn: { terraformName: "role_arn", input: "required", problems: frameworkArn("role_arn") },
  serviceAccount: { terraformName: "service_account", input: "required", forceNew: true },
  ...TAG_PROPERTIES,
  targetRoleArn: {
    terraformName: "target_role_arn",
    input: "optional",
    problems: frameworkArn("target_role_arn"),
  },
};

const UPDATED = ["disableSessionTags", "policy", "roleArn", "targetRoleArn"];

/** `aws:eks/podIdentityAssociation:PodIdentityAssociation`. */
export const podIdentityAssociation: ResourceDefinition = {
  schema,
  framework: true,

  parseId(given) {
    const { id, region } = splitImportId(given);
    const [clusterName, associationId, ...rest] = id.split(",");
    if (!clusterName || !associationId || rest.length > 0) {
      throw new Error(
        `Parsing Resource ID: wrong format of import ID (${id}), use: 'cluster-name,association-id'`,
      );
    }
    return { clusterName, associationId, ...region };
  },

  idOf: (state) => text(state, "associationId"),

  async create(aws, planned) {
    const call = new CreatePodIdentityAssociationCommand({
      clusterName: text(planned, "clusterName"),
      namespace: text(planned, "namespace"),
      serviceAccount: text(planned, "serviceAccount"),
      ...settings(planned),
      tags: tagMapToCreate(planned),
    });
    const eks = clientOf(aws, planned);
    const { association } = await explain(
      "creating EKS Pod Identity Association",
      insist(() => eks.send(call), isMissingRole),
    );
    const id = association?.associationId;
    if (id === undefined) throw new Error("creating EKS Pod Identity Association: empty result");
    return id;
  },

  async read(aws, given, prior) {
    const associationId = optionalText(prior, "associationId") ?? given;
    const clusterName = text(prior, "clusterName");
    const eks = clientOf(aws, prior);
    const found = await explain(
      `reading EKS Pod Identity Association (${associationId})`,
      unlessMissing(
        eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
        "ResourceNotFoundException",
      ),
    );
    const association = found?.association;
    if (association === undefined) return undefined;
    const { policy, targetRoleArn } = association;
    return {
      associationArn: association.associationArn ?? "",
      associationId: association.associationId ?? associationId,
      clusterName: association.clusterName ?? clusterName,
      disableSessionTags: association.disableSessionTags ?? false,
      ...(association.externalId && { externalId: association.externalId }),
      namespace: association.namespace ?? "",
      ...(policy && { policy: textToKeep(prior.policy, policy) }),
      region: optionalText(prior, "region") ?? aws.region,
      roleArn: association.roleArn ?? "",
      serviceAccount: association.serviceAccount ?? "",
      ...readTags(fromTagMap(association.tags), prior, aws.providerConfig),
      ...(targetRoleArn && { targetRoleArn }),
    };
  },

  async update(aws, id, before, planned) {
    const eks = clientOf(aws, before);
    const what = "EKS (Elastic Kubernetes) Pod Identity Association";
    await changeEksTags(eks, what, text(before, "associationArn"), before, planned);
    if (!UPDATED.some((key) => changes(schema, key, before, planned))) return;
    const clusterName = text(planned, "clusterName");
    const call = new UpdatePodIdentityAssociationCommand({
      clusterName,
      associationId: id,
      ...settings(planned),
    });
    await explain(
      `updating EKS Pod Identity Association (${id})`,
      insist(() => eks.send(call), isMissingRole),
    );
  },

  async delete(aws, id, state) {
    const clusterName = text(state, "clusterName");
    const call = new DeletePodIdentityAssociationCommand({ clusterName, associationId: id });
    await explain(
      `deleting EKS Pod Identity Association (${id})`,
      unlessMissing(clientOf(aws, state).send(call), "ResourceNotFoundException"),
    );
  },
};

// What may be changed. What is not given is not sent, in an update neither: an update cannot take a target role away.
function settings(planned: Properties) {
  return {
    roleArn: text(planned, "roleArn"),
    disableSessionTags: planned.disableSessionTags === true,
    targetRoleArn: optionalText(planned, "targetRoleArn"),
    policy: optionalText(planned, "policy"),
  };
}

// "Trust policy of the role provided is invalid" does not pass by itself, and is told at once:
// https://github.com/hashicorp/terraform-provider-aws/issues/41483
function isMissingRole({ code, message }: AwsError): boolean {
  return (
    code === "InvalidParameterException" && message.includes("Role provided in the request does not exist")
  );
}

function clientOf(aws: AwsClients, properties: Properties): EKSClient {
  return aws.eks(optionalText(properties, "region"));
}

// internal/framework/types/iam_policy.go (StringSemanticEquals): the text there was, as long as AWS's says the same.
function textToKeep(before: unknown, fromAws: string): string {
  return typeof before === "string" && samePolicies(before, fromAws) ? before : fromAws;
}
