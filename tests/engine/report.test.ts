import assert from "node:assert/strict";
import { DRAWN, reportModel } from "../../lab/demo/report/model";
import { renderPage } from "../../lab/demo/report/page";
import { findOverflow } from "../lab/report/inPage";
import { keepScreenshot, urnsIn, useBrowser } from "../lab/report/openReport";
import { describeEngine, irsaProgram } from "./lab";

interface StackResource {
  urn: string;
  type: string;
  outputs?: { status?: { phase?: string } };
}

describeEngine("the report of a stack", (newScope) => {
  const browser = useBrowser();

  it("draws what the engine says is there, each pod under its cluster and in its state", async () => {
    const { open, namespace, clusters } = await newScope({ pods: true });
    const listed = [clusters["virginia-blue"], clusters.ireland];
    const stack = await open(
      irsaProgram({
        clusters: listed,
        serviceAccounts: [
          { namespace, name: "reader" },
          { namespace, name: "writer", clusters: ["ireland"] },
        ],
        policyArns: { s3Read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
        samplePod: {},
      }),
    );
    const { outputs } = await stack.up();
    const state = await stack.exportState();
    const { page, complaints, close } = await browser.open(renderPage(reportModel({ state, rows: [] })));
    await keepScreenshot(page, "report-of-a-stack");

    const { resources } = state.deployment as { resources: StackResource[] };
    const types: string[] = Object.values(DRAWN);
    const drawn = resources.filter(({ type }) => types.includes(type));
    assert.deepEqual(await urnsIn(page), drawn.map(({ urn }) => urn).sort());
    const pods = drawn.filter(({ type }) => type === DRAWN.pod);
    assert.equal(pods.length, 3);
    for (const { urn, outputs: pod } of pods) {
      const cluster = listed.find(({ name }) => urn.includes(`::app/${name}/`));
      const box = page.locator(`[data-cluster="${cluster?.name ?? ""}"] [data-urn="${urn}"]`);
      assert.ok((await box.innerText()).includes(pod?.status?.phase ?? "not run"));
    }
    const shown = (await page.locator(".document pre").allTextContents()).join("\n");
    assert.deepEqual(JSON.parse(shown), JSON.parse(String(outputs.trustPolicyJson)));
    assert.equal(await page.locator(".role .name").innerText(), outputs.roleName);
    assert.deepEqual(await page.evaluate(findOverflow), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  it("has no secret of the stack in it", async () => {
    const { open, namespace, clusters } = await newScope({ pods: true });
    const cluster = clusters["virginia-green"];
    const program = irsaProgram({ clusters: [cluster], serviceAccounts: [{ namespace, name: "reader" }] });
    const stack = await open(program);
    await stack.up();
    const state = await stack.exportState();
    const { users } = JSON.parse(cluster.kubeconfig) as { users: { user: { token: string } }[] };
    const token = users[0]!.user.token;
    assert.ok(JSON.stringify(state).includes(token), "an exported state has its secrets in plain text");
    const text = renderPage(reportModel({ state, rows: [] }));
    assert.ok(!text.includes(token) && !text.includes("certificate-authority"));
  });
});
