import { isProperties, type PropertyValue } from "../../shared/server";
import { REGION } from "../regions";
import { output, TAG_PROPERTIES, type Schema } from "../schema";
import { arn, clusterName, notEmpty, oneOf, semanticVersion } from "../validation";

const roleArn = arn("role_arn");

// internal/service/eks/addon.go of terraform-provider-aws; `namespaceConfig` as it came with
// https://github.com/hashicorp/terraform-provider-aws/pull/44087: EKS cannot change it.
export const addonSchema: Schema = {
  addonName: {
    terraformName: "addon_name",
    input: "required",
    forceNew: true,
    problems: notEmpty("addon_name"),
  },
  addonVersion: {
    terraformName: "addon_version",
    input: "optional",
    computed: true,
    problems: semanticVersion("addon_version"),
  },
  arn: output("arn"),
  clusterName: {
    terraformName: "cluster_name",
    input: "required",
    forceNew: true,
    problems: clusterName("cluster_name"),
  },
  configurationValues: { terraformName: "configuration_values", input: "optional", computed: true },
  createdAt: output("created_at"),
  modifiedAt: output("modified_at"),
  namespaceConfig: { terraformName: "namespace_config", input: "optional", computed: true, forceNew: true },
  podIdentityAssociations: {
    terraformName: "pod_identity_association",
    input: "optional",
    set: true,
    problems: associationProblems,
  },
  preserve: { terraformName: "preserve", input: "optional", local: true },
  ...REGION,
  resolveConflictsOnCreate: {
    terraformName: "resolve_conflicts_on_create",
    input: "optional",
    local: true,
    problems: oneOf("resolve_conflicts_on_create", ["NONE", "OVERWRITE"]),
  },
  resolveConflictsOnUpdate: {
    terraformName: "resolve_conflicts_on_update",
    input: "optional",
    local: true,
    problems: oneOf("resolve_conflicts_on_update", ["OVERWRITE", "NONE", "PRESERVE"]),
  },
  serviceAccountRoleArn: {
    terraformName: "service_account_role_arn",
    input: "optional",
    problems: arn("service_account_role_arn"),
  },
  ...TAG_PROPERTIES,
};

function associationProblems(value: PropertyValue): string[] {
  const list = Array.isArray(value) ? value.filter(isProperties) : [];
  return list.flatMap((association) => roleArn(association.roleArn ?? ""));
}
