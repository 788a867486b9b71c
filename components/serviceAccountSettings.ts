import * as pulumi from "@pulumi/pulumi";
import { checkedInput, isPlain } from "./problems";
import { labelValueProblem, secretNameProblem } from "./serviceAccountMetadata";
import type { ServiceAccountSettings } from "./types";

/** What EKS reads of a ServiceAccount's annotations. */
export const EKS_ANNOTATIONS = "eks.amazonaws.com/";
/** The annotation by which EKS finds the role of a ServiceAccount. */
export const ROLE_ARN_ANNOTATION = `${EKS_ANNOTATIONS}role-arn`;

type Texts = { [key: string]: pulumi.Input<string> };

/** Where settings stand in a component's arguments, for errors that come late. */
export interface SettingsPath {
  /** The component as the user wrote it. */
  what: string;
  /** Such as `serviceAccounts[0].settings`. */
  path: string;
  resource: pulumi.Resource;
}

/** The same settings, whose late values are checked when they arrive. */
export function checkedSettings(
  settings: ServiceAccountSettings,
  where: SettingsPath,
): ServiceAccountSettings {
  const checked = (value: pulumi.Input<string>, check: (value: string) => string | undefined, key: string) =>
    isPlain(value) ? value : checkedInput(value, check, { ...where, propertyPath: `${where.path}.${key}` });
  const { labels, imagePullSecrets } = settings;
  return {
    ...settings,
    ...(labels && {
      labels: Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [
          key,
          checked(value, labelValueProblem, `labels[${JSON.stringify(key)}]`),
        ]),
      ),
    }),
    ...(imagePullSecrets && {
      imagePullSecrets: imagePullSecrets.map((secret, index) =>
        checked(secret, secretNameProblem, `imagePullSecrets[${index}]`),
      ),
    }),
  };
}

/**
 * A ServiceAccount's annotations: the user's, the role's, and those by which EKS's webhook is told how tokens are to be.
 *
 * @param roleArn undefined where pods get the role by Pod Identity alone.
 */
export function annotationsOf(
  roleArn: pulumi.Input<string> | undefined,
  settings: ServiceAccountSettings,
): Texts {
  const { annotations, audience, stsRegionalEndpoints, tokenExpiration } = settings;
  return {
    ...annotations,
    ...(roleArn !== undefined && { [ROLE_ARN_ANNOTATION]: roleArn }),
    ...(audience !== undefined && { [`${EKS_ANNOTATIONS}audience`]: audience }),
    ...(stsRegionalEndpoints !== undefined && {
      [`${EKS_ANNOTATIONS}sts-regional-endpoints`]: String(stsRegionalEndpoints),
    }),
    ...(tokenExpiration !== undefined && { [`${EKS_ANNOTATIONS}token-expiration`]: String(tokenExpiration) }),
  };
}
