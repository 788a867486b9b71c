import type { ResourceDefinition } from "../schema";
import { bucket } from "./bucket";
import { openIdConnectProvider } from "./openIdConnectProvider";
import { policy } from "./policy";
import { role } from "./role";
import { rolePolicy } from "./rolePolicy";
import { rolePolicyAttachment } from "./rolePolicyAttachment";

/** The resources that the stand-in knows, by type. */
export const resources: Record<string, ResourceDefinition | undefined> = {
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": openIdConnectProvider,
  "aws:iam/policy:Policy": policy,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  "aws:s3/bucket:Bucket": bucket,
};
