import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import type { ServiceAccountPatch } from "@pulumi/kubernetes/core/v1/serviceAccountPatch";
import type * as pulumi from "@pulumi/pulumi";
import type { IdentityMode } from "../trust/types";
import { hasIrsa } from "./identity";
import { makeSamplePod } from "./samplePod";
import { patchServiceAccount } from "./serviceAccountPatch";
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
  const patched = binding.ownership === ServiceAccountOwnership.Patch;
  // A patch may be there twice, and its keys never go missing then.
  const annotated = hasIrsa(role.identity) ? role.arn : undefined;
  const serviceAccount = createOrPatch(name, binding, annotated, patched ? opts : inPlace, where);
  const { samplePod, verificationJob } = proof;
  // EKS looks at the annotation when a pod is admitted, and never again; at the association too.
  const after = serviceAccount ? { ...inPlace, dependsOn: serviceAccount } : inPlace;
  return {
    serviceAccount,
    ...(samplePod && { pod: makeSamplePod(name, binding, role, samplePod, after) }),
    ...(verificationJob && { job: makeVerificationJob(name, binding, role, verificationJob, after) }),
  };
}

function createOrPatch(
  name: string,
  binding: Owned,
  roleArn: pulumi.Input<string> | undefined,
  opts: pulumi.CustomResourceOptions,
  where: SettingsPath,
): ServiceAccount | ServiceAccountPatch | undefined {
  const settings = checkedSettings(binding.settings ?? {}, where);
  const {
    labels = {},
    automountServiceAccountToken,
    imagePullSecrets = [],
    forceConflicts = false,
  } = settings;
  const annotations = annotationsOf(roleArn, settings);
  const patched = binding.ownership === ServiceAccountOwnership.Patch;
  if (patched && Object.keys({ ...annotations, ...labels }).length === 0) {
    return undefined;
  }
  const metadata = {
    name: binding.name,
    namespace: binding.namespace,
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
  if (patched) {
    return patchServiceAccount(name, metadata, forceConflicts, opts, where);
  }
  return new ServiceAccount(
    name,
    {
      metadata,
      ...(automountServiceAccountToken !== undefined && { automountServiceAccountToken }),
      ...(imagePullSecrets.length > 0 && {
        imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })),
      }),
    },
    opts,
  );
}
