import { randomBytes } from "node:crypto";
import type { LabCluster } from "../../types";
import { adminToken } from "../kubeconfig";
import { apiRequest } from "../request";
import { MUTATE_PATH } from "./webhook";

/**
 * The registration that EKS puts into each cluster.
 * Sources: https://github.com/aws/amazon-eks-pod-identity-webhook/blob/master/deploy/mutatingwebhook.yaml; the selector:
 * https://github.com/aws/amazon-eks-pod-identity-webhook/pull/216; its name and what it does to a pod in an EKS cluster:
 * https://github.com/aws/amazon-eks-pod-identity-webhook/issues/208
 */
export function webhookRegistration(url: string, caCertificate: string): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "pod-identity-webhook" },
    webhooks: [
      {
        name: "iam-for-pods.amazonaws.com",
        clientConfig: {
          url: `${url}${MUTATE_PATH}`,
          caBundle: Buffer.from(caCertificate).toString("base64"),
        },
        failurePolicy: "Ignore",
        reinvocationPolicy: "IfNeeded",
        objectSelector: {
          matchExpressions: [
            { key: "eks.amazonaws.com/skip-pod-identity-webhook", operator: "DoesNotExist" },
          ],
        },
        rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }],
        sideEffects: "None",
        timeoutSeconds: 10,
        admissionReviewVersions: ["v1beta1"],
      },
    ],
  };
}

/** A ServiceAccount and a pod of it that is never really made: does the API server call the webhook by now? */
export class InjectionProbe {
  readonly #name = `pod-identity-probe-${randomBytes(4).toString("hex")}`;
  readonly #namespace = "/api/v1/namespaces/kube-system";

  constructor(private readonly cluster: LabCluster) {}

  /** True when a pod of the probe comes back injected. */
  async isInjected(): Promise<boolean> {
    const roleArn = "arn:aws:iam::123456789012:role/probe";
    await this.post("/serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: this.#name, annotations: { "eks.amazonaws.com/role-arn": roleArn } },
    });
    const answer = await this.post("/pods?dryRun=All", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: this.#name },
      spec: { serviceAccountName: this.#name, containers: [{ name: "probe", image: "probe" }] },
    });
    return answer.status === 201 && answer.body.includes(roleArn);
  }

  async remove(): Promise<void> {
    const path = `${this.#namespace}/serviceaccounts/${this.#name}`;
    await apiRequest(this.cluster, { method: "DELETE", path, token: adminToken(this.cluster) });
  }

  private post(path: string, body: unknown) {
    const request = { method: "POST", path: `${this.#namespace}${path}`, token: adminToken(this.cluster) };
    return apiRequest(this.cluster, { ...request, body });
  }
}
