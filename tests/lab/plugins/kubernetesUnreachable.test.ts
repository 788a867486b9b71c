import assert from "node:assert/strict";
import type { Properties } from "../../../lab/plugins/shared/server";
import { ProviderFixture, serviceAccount } from "./kubernetesFixture";

describe("kubernetes plugin: unreachable clusters", () => {
  let at: ProviderFixture;

  beforeEach(async () => {
    at = await ProviderFixture.start();
  });

  afterEach(() => at.api.stop());

  describe("without a cluster that answers", () => {
    let state: Properties;

    beforeEach(async () => {
      await at.configure();
      ({ state } = await at.create(serviceAccount()));
      await at.api.stop();
      await at.configure();
    });

    const reason = () =>
      `unable to load schema information from the API server: Get "${at.api.url}/api/v1": ` +
      `dial tcp ${new URL(at.api.url).host}: connect: connection refused`;

    it("previews go on with the inputs", async () => {
      const inputs = serviceAccount({ role: "b" });
      assert.deepEqual(await at.create(inputs, { preview: true }), { id: "", state: inputs });
      const preview = { preview: true };
      assert.deepEqual(await at.update(state, inputs, preview), inputs);
    });

    it("nothing is created or updated", async () => {
      const message = `configured Kubernetes cluster is unreachable: ${reason()}`;
      await assert.rejects(at.create(serviceAccount()), { message });
      await assert.rejects(at.update(state, serviceAccount()), { message });
    });

    it("nothing is read or deleted, and the way out is named", async () => {
      await assert.rejects(
        at.read(state, serviceAccount()),
        /failed to read resource state due to unreachable cluster.*PULUMI_K8S_DELETE_UNREACHABLE/,
      );
      await assert.rejects(
        at.delete(state),
        /^Error: configured Kubernetes cluster is unreachable\. If the cluster was deleted.*PULUMI_K8S_DELETE_UNREACHABLE/,
      );
      assert.deepEqual(
        new Set(at.logged),
        new Set([`warning: configured Kubernetes cluster is unreachable: ${reason()}`]),
      );
    });

    it("deleteUnreachable forgets what cannot be reached", async () => {
      await at.configure({ deleteUnreachable: "true" });
      assert.equal(await at.read(state, serviceAccount()), undefined);
      await at.delete(state);
      assert.match(at.logged.at(-1)!, /`deleteUnreachable` option is enabled/);
    });
  });

  it("a kubeconfig that is none makes the cluster unreachable, and is no error yet", async () => {
    await at.provider.configure({ kubeconfig: "just words" });
    assert.equal((await at.create(serviceAccount(), { preview: true })).id, "");
    await assert.rejects(
      at.create(serviceAccount()),
      /cluster is unreachable: failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- /,
    );
  });
});
