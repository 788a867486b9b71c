import assert from "node:assert/strict";
import type { Deployment } from "@pulumi/pulumi/automation";
import { DRAWN, reportModel, type ReportSource } from "../../../lab/demo/report/model";
import { renderPage } from "../../../lab/demo/report/page";
import { IdentityMode } from "../../../trust/types";
import { faintOf, findOverflow, readTexts } from "./inPage";
import { keepScreenshot, urnsIn, useBrowser } from "./openReport";
import { fleetState, ofType, proofRows, realState, resourcesOf } from "./states";

const SECONDS = { "pulumi up": 4.2, "pulumi destroy": 1.5 };
const HOSTILE = `</pre></style><script>alert(1)</script><img src="https://example.com/x" onerror='alert(2)'>"&amp;`;

function pageOf(state: Deployment, more: Partial<ReportSource> = {}): string {
  return renderPage(reportModel({ state, rows: proofRows(), seconds: SECONDS, ...more }));
}

/** Eleven clusters, so that colours repeat; one name is as long as names can be. */
function manyClusters(): Deployment {
  return fleetState(["c".repeat(100), ...Array.from({ length: 10 }, (_, index) => `cluster-${index}`)]);
}

/** A cluster of each identity. */
function mixedFleet(): Deployment {
  return fleetState(["blue", "green", "west"], {}, [IdentityMode.Both, IdentityMode.PodIdentity]);
}

function hostileState(): Deployment {
  const pod = { metadata: { name: HOSTILE }, status: { phase: HOSTILE } };
  const state = fleetState([`blue${HOSTILE}`, "green"], pod);
  const [role] = ofType(state, ":Role");
  role!.outputs = { name: HOSTILE, arn: HOSTILE };
  role!.urn = `urn:pulumi:lab::test::${HOSTILE}`;
  return state;
}

describe("the report in a browser", function () {
  this.timeout(120_000);
  const browser = useBrowser();
  const states: Record<string, () => string> = {
    "three clusters": () => pageOf(realState()),
    "one cluster and a failed line": () =>
      pageOf(fleetState(["blue"]), { rows: proofRows({ failed: true }) }),
    "eleven clusters": () => pageOf(manyClusters()),
    "a mixed fleet": () => pageOf(mixedFleet(), { command: "npm run demo -- --identity both" }),
    "hostile texts": () => pageOf(hostileState(), { rows: hostileRows() }),
  };

  for (const [what, render] of Object.entries(states)) {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [400, 800, 1400]) {
        it(`shows ${what} ${width} pixels wide, ${colorScheme}: all fits, can be read, and is in the file`, async () => {
          const viewport = { width, height: 900 };
          const { page, file, complaints, requests, close } = await browser.open(render(), {
            viewport,
            colorScheme,
          });
          await keepScreenshot(page, `report ${what} ${width} ${colorScheme}`.replaceAll(" ", "-"));
          assert.deepEqual(await page.evaluate(findOverflow), []);
          const texts = await page.evaluate(readTexts);
          assert.ok(texts.length > 50);
          assert.deepEqual(faintOf(texts), []);
          assert.deepEqual(complaints, []);
          assert.deepEqual(requests, [file]);
          await close();
        });
      }
    }
  }

  it("draws each resource of the stack once, and a pod under its cluster", async () => {
    const state = realState();
    const { page, close } = await browser.open(pageOf(state));
    const drawn: string[] = Object.values(DRAWN);
    const expected = resourcesOf(state).filter(({ type }) => drawn.includes(type));
    assert.deepEqual(await urnsIn(page), expected.map(({ urn }) => urn).sort());
    for (const { urn } of ofType(state, ":Pod")) {
      const [, cluster = ""] = /::app\/([^/]+)\//.exec(urn) ?? [];
      const box = page.locator(`[data-cluster="${cluster}"] [data-urn="${urn}"]`);
      assert.match(await box.innerText(), /irsa-sample[^]*Pending/);
    }
    await close();
  });

  it("draws associations and agents of Pod Identity, and providers where there are some, each once", async () => {
    const state = mixedFleet();
    const { page, close } = await browser.open(pageOf(state));
    const drawn: string[] = Object.values(DRAWN);
    const expected = resourcesOf(state).filter(({ type }) => drawn.includes(type));
    assert.deepEqual(await urnsIn(page), expected.map(({ urn }) => urn).sort());
    const boxes = (name: string) =>
      page.locator(`[aria-label="Clusters and their ways to the role"] [data-cluster="${name}"] .kind`);
    assert.deepEqual(await boxes("blue").allInnerTexts(), [
      "cluster",
      "OIDC provider",
      "Pod Identity associations",
    ]);
    assert.deepEqual(await boxes("green").allInnerTexts(), ["cluster", "Pod Identity associations"]);
    assert.deepEqual(await boxes("west").allInnerTexts(), ["cluster", "OIDC provider"]);
    assert.match(await page.locator(".statement .of").last().innerText(), /^blue green by Pod Identity, /);
    await close();
  });

  it("says how pods get the role: once for all, or of each cluster where they differ", async () => {
    const mixed = await browser.open(pageOf(mixedFleet(), { command: "npm run demo -- --identity both" }));
    const ofEach = await mixed.page.locator(".summary").innerText();
    assert.match(ofEach, /Pods of blue get it by EKS Pod Identity, while .* are taken too\. /);
    assert.match(ofEach, /Pods of green get it by EKS Pod Identity\. Pods of west get it by the tokens/);
    assert.match(await mixed.page.locator("footer").innerText(), /npm run demo -- --identity both$/);
    await mixed.close();
    const irsa = await browser.open(pageOf(realState()));
    assert.match(
      await irsa.page.locator(".summary").innerText(),
      /3 clusters\. Pods get it by the tokens of their ServiceAccounts \(IRSA\)\.$/,
    );
    await irsa.close();
  });

  it("draws an adopted provider, which is no resource of the stack", async () => {
    const { page, close } = await browser.open(pageOf(realState()));
    const box = page.locator('[data-cluster="ireland"] .provider');
    assert.match(await box.innerText(), /OIDC provider, adopted/);
    assert.equal(await box.getAttribute("data-urn"), null);
    await close();
  });

  it("needs no scripts, and has headings, and names for its tables and pictures", async () => {
    const { page, close } = await browser.open(pageOf(realState()), { javaScriptEnabled: false });
    assert.equal(await page.locator("script").count(), 0);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "One role for 3 clusters");
    assert.equal(await page.getByRole("heading", { level: 2 }).count(), 5);
    assert.equal(await page.getByRole("figure", { name: /3 of 3 clusters/ }).count(), 1);
    assert.equal(await page.getByRole("list", { name: "ServiceAccounts and pods, by cluster" }).count(), 1);
    const proof = page.getByRole("table", { name: "Who may and who may not" });
    assert.equal(await proof.getByRole("columnheader").count(), 5);
    assert.equal(await proof.getByRole("row").count(), 1 + proofRows().length);
    assert.equal(await page.getByRole("img", { name: "1,431 of 2,048 characters, 70 %" }).count(), 1);
    await close();
  });

  it("keeps its table a table for a screen reader where it is laid out as none", async () => {
    const { page, close } = await browser.open(pageOf(realState()), {
      viewport: { width: 400, height: 900 },
    });
    const proof = page.getByRole("table", { name: "Who may and who may not" });
    assert.equal(await proof.getByRole("columnheader", { name: "answer" }).count(), 1);
    assert.equal(await proof.getByRole("cell", { name: /no change/ }).count(), 1);
    await close();
  });

  it("gives the trust policy as a text that is the document that was sent", async () => {
    const state = realState();
    const { page, close } = await browser.open(pageOf(state));
    const lines = (await page.locator(".document pre").allTextContents()).join("\n");
    const [role] = ofType(state, ":Role");
    assert.deepEqual(JSON.parse(lines), JSON.parse(String(role!.inputs.assumeRolePolicy)));
    const labels = await page.locator(".statement .label").allInnerTexts();
    assert.deepEqual(labels, ["ireland", "virginia-blue", "virginia-green"]);
    await close();
  });

  it("shows hostile texts as texts", async () => {
    const { page, close } = await browser.open(pageOf(hostileState(), { rows: hostileRows() }));
    assert.equal(await page.locator("script, img").count(), 0);
    assert.equal(await page.locator(".role .name").innerText(), HOSTILE);
    assert.equal(await page.locator(".pod .name").first().innerText(), HOSTILE);
    assert.equal(await page.locator(".proof .code").last().textContent(), `\\u202e${HOSTILE}`);
    await close();
  });

  it("says which lines are not as expected, and what was expected", async () => {
    const rows = proofRows({ failed: true });
    const { page, close } = await browser.open(pageOf(realState(), { rows }));
    assert.match(
      await page.locator(".summary").innerText(),
      /✗ 1 of 3 lines are not as expected:\s+default\/outsider of virginia-blue \(get the role: another/,
    );
    assert.match(await page.locator("tr.fail").innerText(), /expected: AccessDenied: Not authorized/);
    assert.equal(await page.locator("tr.fail").count(), 1);
    await close();
  });
});

function hostileRows() {
  return proofRows().map((row) => ({ ...row, who: HOSTILE, cluster: HOSTILE, answer: `\u202e${HOSTILE}` }));
}
