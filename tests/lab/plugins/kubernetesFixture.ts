import { KubernetesProvider } from "../../../lab/plugins/kubernetes/provider";
import type { OperationContext, Properties } from "../../../lab/plugins/shared/server";
import { FakeApi } from "./kubernetesFakeApi";

export const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";
export const URN = "urn:pulumi:s::p::kubernetes:core/v1:ServiceAccount::a";
export const COLLECTION = "/api/v1/namespaces/apps/serviceaccounts";
/** Where the fake keeps the ServiceAccount of these tests. */
export const PATH = `${COLLECTION}/a`;

export const serviceAccount = (annotations: Properties = {}): Properties => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "a", namespace: "apps", annotations },
});

/** A provider in front of a fake API server. Its pauses take no time. */
export class ProviderFixture {
  readonly pauses: number[] = [];
  readonly logged: string[] = [];
  readonly provider = new KubernetesProvider("1.2.3", (milliseconds) => {
    this.pauses.push(milliseconds);
    return Promise.resolve();
  });

  private constructor(readonly api: FakeApi) {}

  static async start(): Promise<ProviderFixture> {
    return new ProviderFixture(await FakeApi.start());
  }

  configure(more: Properties = {}): Promise<void> {
    return this.provider.configure({ kubeconfig: this.api.kubeconfig(), ...more });
  }

  context(more: Partial<OperationContext> = {}): OperationContext {
    const log: OperationContext["log"] = (severity, message) => {
      this.logged.push(`${severity}: ${message}`);
      return Promise.resolve();
    };
    return { urn: URN, name: "a", preview: false, timeout: undefined, ignoreChanges: [], log, ...more };
  }

  create(inputs: Properties, more: Partial<OperationContext> = {}) {
    return this.provider.create(SERVICE_ACCOUNT, inputs, this.context(more));
  }

  update(state: Properties, inputs: Properties, more: Partial<OperationContext> = {}) {
    return this.provider.update(SERVICE_ACCOUNT, "apps/a", state, inputs, {
      ...this.context(more),
      oldInputs: {},
    });
  }

  read(state: Properties, inputs: Properties) {
    return this.provider.read(SERVICE_ACCOUNT, "apps/a", state, inputs, this.context());
  }

  delete(state: Properties, more: Partial<OperationContext> = {}) {
    return this.provider.delete(SERVICE_ACCOUNT, "apps/a", state, this.context(more));
  }
}
