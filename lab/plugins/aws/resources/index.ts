import type { ResourceDefinition } from "../schema";
import { addon } from "./addon";
import { bucket } from "./bucket";
import { openIdConnectProvider } from "./openIdConnectProvider";
import { podIdentityAssociation } from "./podIdentityAssociation";
import { policy } from "./policy";
import { role } from "./role";
import { rolePolicy } from "./rolePolicy";
import { rolePolicyAttachment } from "./rolePolicyAttachment";

/** The resources that the stand-in knows, by type. */
export const resources: Record<string, ResourceDefinition | undefined> = {
  "aws:eks/addon:Addon": addon,
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": podIdentityAssociation,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": openIdConnectProvider,
  "aws:iam/policy:Policy": policy,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  "aws:s3/bucket:Bucket": bucket,
};
