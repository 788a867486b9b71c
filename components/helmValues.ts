import type * as pulumi from "@pulumi/pulumi";
import { exactBindingsOf } from "./bindings";
import { annotationsOf } from "./serviceAccountSettings";
import { ServiceAccountOwnership, type ServiceAccountBinding } from "./types";

/**
 * Values for a Helm chart that is made as `helm create` makes them.
 * @see https://helm.sh/docs/chart_best_practices/rbac/#helper-templates
 */
export interface HelmServiceAccountValues {
  /** The ServiceAccount of the chart's pods. */
  serviceAccount: HelmServiceAccount;
}

/** The ServiceAccount in a Helm chart's values. */
export interface HelmServiceAccount {
  /** Whether the chart makes it: with `ServiceAccountOwnership.None`, and never otherwise. */
  create: boolean;
  /** Its name. */
  name: string;
  /** The annotations by which it gets the role, where the chart makes it. */
  annotations?: { [key: string]: string };
  /** Whether pods get a token for the Kubernetes API, where the chart makes it and that was set. */
  automount?: boolean;
}

/** The same, where what is not known yet is in its place. */
interface LateValues {
  serviceAccount: Omit<HelmServiceAccount, "annotations"> & {
    annotations?: { [key: string]: pulumi.Input<string> };
  };
}

/**
 * The values for each ServiceAccount of a cluster, by `<namespace>/<name>`. Most are plain, and there are many: one Output is made of
 * all of them, and not one of each.
 *
 * @param roleArn undefined where pods get the role by Pod Identity alone.
 */
export function helmValuesOf(
  cluster: string,
  bindings: ServiceAccountBinding[],
  roleArn: pulumi.Output<string> | undefined,
): { [serviceAccount: string]: LateValues } {
  return Object.fromEntries(
    exactBindingsOf(cluster, bindings).map((binding) => [
      `${binding.namespace}/${binding.name}`,
      valuesOf(binding, roleArn),
    ]),
  );
}

function valuesOf(
  { name, ownership, settings = {} }: ServiceAccountBinding,
  roleArn: pulumi.Output<string> | undefined,
): LateValues {
  if (ownership !== ServiceAccountOwnership.None) {
    return { serviceAccount: { create: false, name } };
  }
  const { automountServiceAccountToken: automount } = settings;
  const annotations = annotationsOf(roleArn, settings);
  return {
    serviceAccount: {
      create: true,
      name,
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(automount !== undefined && { automount }),
    },
  };
}
