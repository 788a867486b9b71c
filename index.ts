export { adoptOidcProviders, type AdoptingCluster } from "./components/adoptOidcProviders";
export { ClusterOidcProvider, type ClusterOidcProviderArgs } from "./components/clusterOidcProvider";
export {
  FleetOidcProviders,
  type FleetOidcProvidersArgs,
  type OidcProviderCluster,
} from "./components/fleetOidcProviders";
export { fromClusterName, type ClusterLookup } from "./components/fromClusterName";
export {
  fromEksCluster,
  type EksClusterOutputs,
  type FromEksClusterOptions,
} from "./components/fromEksCluster";
export type { ShardRole } from "./components/fleetOutputs";
export type { HelmServiceAccount, HelmServiceAccountValues } from "./components/helmValues";
export {
  IrsaRole,
  type IrsaRoleArgs,
  type IrsaRoleCluster,
  type IrsaRolePodIdentity,
} from "./components/irsaRole";
export { IrsaServiceAccount, type IrsaServiceAccountArgs } from "./components/irsaServiceAccount";
export {
  MultiClusterIrsa,
  type MultiClusterIrsaArgs,
  type MultiClusterIrsaOptions,
} from "./components/multiClusterIrsa";
export type { BaseRole, PodIdentitySettings } from "./components/podIdentityTypes";
export type { Problem } from "./components/problems";
export {
  ServiceAccountOwnership,
  type IrsaCluster,
  type RoleSettings,
  type SamplePodSettings,
  type ServiceAccountBinding,
  type ServiceAccountSettings,
  type TrustSettings,
  type VerificationJobSettings,
} from "./components/types";
export { findProblems } from "./components/validation";
export { accessTable, type AccessCluster, type AccessRow } from "./trust/access";
export { evaluateTrust, type Decision, type TrustDecision, type TrustRequest } from "./trust/evaluate";
export type { ExtraTrustStatement, TrustConditions } from "./trust/extras";
export type { PodIdentityRequest } from "./trust/podIdentityRequest";
export { buildTrustPolicy } from "./trust/policy";
export { SubjectMatch } from "./trust/subject";
export { trustPolicySize } from "./trust/size";
export {
  IdentityMode,
  TrustPolicyForm,
  type TrustedCluster,
  type TrustedPodIdentity,
  type TrustPolicy,
  type TrustPolicyOptions,
  type TrustStatement,
} from "./trust/types";
