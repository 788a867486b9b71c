import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { BROWSER_ARGUMENTS, provideBrowser } from "../../../lab/setup/browser";
import { createProgress } from "../../../lab/setup/progress";

/** The first run may have to install a browser. */
const PATIENCE = 15 * 60_000;
const ARTEFACTS = join(__dirname, "..", "..", "artefacts");

/** A report in the browser, with all that the browser had to complain of or to ask for. */
export interface OpenReport {
  page: Page;
  file: string;
  complaints: string[];
  requests: string[];
  close: () => Promise<void>;
}

export interface ReportBrowser {
  /** Opens a page from a file, as a user does. */
  open(page: string, options?: BrowserContextOptions): Promise<OpenReport>;
}

/** A browser for the tests of this `describe`. */
export function useBrowser(): ReportBrowser {
  let browser: Browser;
  let folder: string;
  before(async function () {
    this.timeout(PATIENCE);
    const executablePath = await provideBrowser(createProgress());
    folder = mkdtempSync(join(tmpdir(), "report-test-"));
    browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  return {
    async open(text, options = {}) {
      const file = join(folder, "report.html");
      writeFileSync(file, text);
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      return { page, file: pathToFileURL(file).href, complaints, requests, close: () => context.close() };
    },
  };
}

/** Keeps a picture of the page, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
}

/** The URNs that boxes carry, in alphabetical order. */
export async function urnsIn(page: Page): Promise<string[]> {
  const boxes = await page.locator("[data-urn]").all();
  const urns = await Promise.all(boxes.map((box) => box.getAttribute("data-urn")));
  return urns.map(String).sort();
}
