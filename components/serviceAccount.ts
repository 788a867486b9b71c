import { ServiceAccount, type ServiceAccountArgs } from "@pulumi/kubernetes/core/v1/serviceAccount";
import type { ServiceAccountPatch } from "@pulumi/kubernetes/core/v1/serviceAccountPatch";
import type * as pulumi from "@pulumi/pulumi";
import type { IdentityMode } from "../trust/types";
import { hasIrsa } from "./identity";
import { makeSamplePod } from "./samplePod";
import { patchServiceAccount, type PatchedMetadata } from "./serviceAccountPatch";
import { annotationsOf, checkedSettings, type SettingsPath } from "./serviceAccountSettings";
import {
  ServiceAccountOwnership,
  type SamplePodSettings,
  type ServiceAccountBinding,
  type VerificationJobSettings,
} from "./types";
import { makeVerificationJob } from "./verificationJob";

/** The role of a ServiceAccount's pods. */
export interface PodRole {
  /** Its ARN, which the ServiceAccount is annotated with where IRSA is to give it. */
  arn: pulumi.Input<string>;
  identity: IdentityMode;
  /** Whether IRSA's pods may be born with Pod Identity still, since the engine deletes associations last. Default: false. */
  leavesPodIdentity?: boolean;
  /** ARN of the role whose sessions the pods get, where that is another one. */
  sessionsOf?: pulumi.Input<string>;
}

/** A ServiceAccount of one cluster. */
type Owned = Pick<ServiceAccountBinding, "name" | "ownership" | "settings"> & {
  namespace: pulumi.Input<string>;
};

/** What is to prove that a ServiceAccount works. */
interface Proof {
  samplePod?: SamplePodSettings;
  verificationJob?: VerificationJobSettings;
}

/** Creates or patches a ServiceAccount, and makes after it what is to prove that it works. */
export function makeServiceAccount(
  name: string,
  binding: Owned,
  role: PodRole,
  proof: Proof,
  opts: pulumi.CustomResourceOptions,
  where: SettingsPath,
) {
  const wanted = wantedServiceAccount(binding, role, where);
  const serviceAccount = wanted.patched
    ? makePatch(name, wanted, opts, where)
    : new ServiceAccount(name, wanted.args, inPlace(opts));
  return { serviceAccount, ...makeProofs(name, binding, role, proof, opts, serviceAccount) };
}

/**
 * What seems to be another cluster may be the same one, after a corrected issuer. There an object cannot be made beside the old
 * one of its name: the plugin refuses it, and before 4.29 made it and then deleted it. A patch may be there twice, and its keys
 * never go missing then.
 */
export function inPlace(opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return { ...opts, deleteBeforeReplace: true };
}

/** Makes what is to prove that a ServiceAccount works, after it. */
export function makeProofs(
  name: string,
  binding: Owned,
  role: PodRole,
  { samplePod, verificationJob }: Proof,
  opts: pulumi.CustomResourceOptions,
  serviceAccount: pulumi.Resource | undefined,
) {
  // EKS looks at the annotation when a pod is admitted, and never again; at the association too.
  const after = inPlace(serviceAccount ? { ...opts, dependsOn: serviceAccount } : opts);
  return {
    ...(samplePod && { pod: makeSamplePod(name, binding, role, samplePod, after) }),
    ...(verificationJob && { job: makeVerificationJob(name, binding, role, verificationJob, after) }),
  };
}

/** A ServiceAccount as it is to be. */
interface WantedServiceAccount {
  args: { metadata: PatchedMetadata } & Omit<ServiceAccountArgs, "metadata">;
  /** Somebody else makes it, and what is wanted is applied to it. */
  patched: boolean;
  /** Of a patch: whether it takes over what others have set. */
  forceConflicts: boolean;
}

/** A ServiceAccount as its binding and its role want it, with checked settings. */
export function wantedServiceAccount(
  binding: Owned,
  role: PodRole,
  where: SettingsPath,
): WantedServiceAccount {
  const settings = checkedSettings(binding.settings ?? {}, where);
  const {
    labels = {},
    automountServiceAccountToken,
    imagePullSecrets = [],
    forceConflicts = false,
  } = settings;
  const annotations = annotationsOf(hasIrsa(role.identity) ? role.arn : undefined, settings);
  const metadata = {
    name: binding.name,
    namespace: binding.namespace,
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
  const args = {
    metadata,
    ...(automountServiceAccountToken !== undefined && { automountServiceAccountToken }),
    ...(imagePullSecrets.length > 0 && {
      imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })),
    }),
  };
  return { args, patched: binding.ownership === ServiceAccountOwnership.Patch, forceConflicts };
}

/** Patches a ServiceAccount, if there is anything to be applied to it. */
export function makePatch(
  name: string,
  { args: { metadata }, forceConflicts }: WantedServiceAccount,
  opts: pulumi.CustomResourceOptions,
  where: SettingsPath,
): ServiceAccountPatch | undefined {
  return metadata.annotations || metadata.labels
    ? patchServiceAccount(name, metadata, forceConflicts, opts, where)
    : undefined;
}
