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

/** Creates or patches a ServiceAccount, and makes after it what is to prove that it works. */
export function makeServiceAccount(
  name: string,
  binding: Owned,
  role: PodRole,
  proof: { samplePod?: SamplePodSettings; verificationJob?: VerificationJobSettings },
  opts: pulumi.CustomResourceOptions,
  where: SettingsPath,
) {
  // What seems to be another cluster may be the same one, after a corrected issuer. There an object cannot be made beside the
  // old one of its name: the plugin refuses it, and before 4.29 made it and then deleted it.
  const inPlace = { ...opts, deleteBeforeReplace: true };
  const annotated = hasIrsa(role.identity) ? role.arn : undefined;
  const wanted = wantedOf(binding, annotated, where);
  // A patch may be there twice, and its keys never go missing then.
  const serviceAccount =
    binding.ownership === ServiceAccountOwnership.Patch
      ? makePatch(name, wanted, opts, where)
      : new ServiceAccount(name, wanted.args, inPlace);
  const { samplePod, verificationJob } = proof;
  // EKS looks at the annotation when a pod is admitted, and never again; at the association too.
  const after = serviceAccount ? { ...inPlace, dependsOn: serviceAccount } : inPlace;
  return {
    serviceAccount,
    ...(samplePod && { pod: makeSamplePod(name, binding, role, samplePod, after) }),
    ...(verificationJob && { job: makeVerificationJob(name, binding, role, verificationJob, after) }),
  };
}

/** A ServiceAccount as it is to be. */
interface WantedServiceAccount {
  args: { metadata: PatchedMetadata } & Omit<ServiceAccountArgs, "metadata">;
  /** Of a patch: whether it takes over what others have set. */
  forceConflicts: boolean;
}

function wantedOf(
  binding: Owned,
  roleArn: pulumi.Input<string> | undefined,
  where: SettingsPath,
): WantedServiceAccount {
  const settings = checkedSettings(binding.settings ?? {}, where);
  const {
    labels = {},
    automountServiceAccountToken,
    imagePullSecrets = [],
    forceConflicts = false,
  } = settings;
  const annotations = annotationsOf(roleArn, settings);
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
  return { args, forceConflicts };
}

/** Patches a ServiceAccount, if there is anything to be applied to it. */
function makePatch(
  name: string,
  { args: { metadata }, forceConflicts }: WantedServiceAccount,
  opts: pulumi.CustomResourceOptions,
  where: SettingsPath,
): ServiceAccountPatch | undefined {
  return metadata.annotations || metadata.labels
    ? patchServiceAccount(name, metadata, forceConflicts, opts, where)
    : undefined;
}
