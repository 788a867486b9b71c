import type { MultiClusterIrsaArgs, ServiceAccountBinding, ServiceAccountSettings } from "../../index";
import { cluster, goodArgs, late, READER } from "../support/clusters";
import type { Library, RecordOptions } from "../support/recorder";

export const ROLE_ARN = "arn:aws:iam::123456789012:role/app-1a2b3c4";
export const KEY = "eks.amazonaws.com/role-arn";
/** Where it stands. */
export const NAME = "app/blue/default/s3-reader";
/** Every setting, each late that may be. */
export const ALL: ServiceAccountSettings = {
  labels: { team: "data", tier: late("gold") },
  annotations: { "example.com/note": late("ours") },
  automountServiceAccountToken: false,
  imagePullSecrets: ["registry", late("mirror")],
  audience: "sts.amazonaws.com",
  stsRegionalEndpoints: false,
  tokenExpiration: 3600,
};
/** What they come to. */
export const ALL_ANNOTATIONS = {
  "example.com/note": "ours",
  [KEY]: ROLE_ARN,
  "eks.amazonaws.com/audience": "sts.amazonaws.com",
  "eks.amazonaws.com/sts-regional-endpoints": "false",
  "eks.amazonaws.com/token-expiration": "3600",
};

const withBinding = (changes: Partial<ServiceAccountBinding>): MultiClusterIrsaArgs =>
  goodArgs({ clusters: [cluster("blue", "B")], serviceAccounts: [{ ...READER, ...changes }] });
/** A program with one cluster and one binding. */
export const app = (changes: Partial<ServiceAccountBinding>, more: Partial<MultiClusterIrsaArgs> = {}) => {
  const args = { ...withBinding(changes), ...more };
  return (lib: Library) => new lib.MultiClusterIrsa("app", args);
};

/** The ServiceAccount as Helm has made it, with what else it carries. */
export const byHelm = (
  metadata: { annotations?: object; labels?: object; fields?: object } = {},
): RecordOptions => {
  const { fields = {}, ...texts } = metadata;
  const managedFields = [
    { manager: "helm", operation: "Update", fieldsV1: { "f:metadata": fields } },
    { manager: "pulumi-kubernetes-1a2b3c4d", operation: "Apply", fieldsV1: { "f:metadata": fields } },
  ];
  return { existing: { "default/s3-reader": { metadata: { ...READER, ...texts, managedFields } } } };
};
