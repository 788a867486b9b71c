import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { BROWSER_ARGUMENTS, provideBrowser } from "../../setup/browser";
import { createProgress } from "../../setup/progress";

const README_PICTURE = join(__dirname, "..", "..", "..", "docs", "images", "demo-report.png");

/** Takes the README's picture of a report: its verdict and its drawing, as they are on a light page. */
async function takePicture(report: string, picture: string): Promise<void> {
  const executablePath = await provideBrowser(createProgress());
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
    await page.goto(pathToFileURL(resolve(report)).href);
    const drawing = await page.locator("section", { has: page.locator(".picture") }).boundingBox();
    if (!drawing) {
      throw new Error(`${report} has no drawing`);
    }
    mkdirSync(dirname(picture), { recursive: true });
    const height = Math.ceil(drawing.y + drawing.height + 16);
    await page.screenshot({ path: picture, fullPage: true, clip: { x: 0, y: 0, width: 1280, height } });
  } finally {
    await browser.close();
  }
}

const [report, picture = README_PICTURE] = process.argv.slice(2);
if (report === undefined) {
  console.error("node --import tsx lab/demo/report/screenshot.ts <report.html> [picture.png]");
  process.exitCode = 2;
} else {
  takePicture(report, picture).then(
    () => {
      console.log(picture);
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    },
  );
}
