import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/root";
import { anchorsOf, faultOf, linkedPages, linksOf, markdownPages } from "./links";

const INDEX = "docs/README.md";

describe("docs: links", () => {
  const pages = markdownPages();

  it("every link into the repository leads somewhere, to the heading", () => {
    const faults = pages.flatMap((page) =>
      linksOf(readFileSync(join(ROOT, page), "utf8")).flatMap((link) => {
        const fault = faultOf(page, link);
        return fault === undefined ? [] : [`${page}: ${link}: ${fault}`];
      }),
    );
    assert.deepEqual(faults, []);
  });

  it("every page of docs stands in the index, or is found by way of one that does", () => {
    const found = new Set([INDEX]);
    for (const page of found) {
      for (const linked of linkedPages(page)) if (linked.startsWith("docs/")) found.add(linked);
    }
    const lost = pages.filter((page) => page.startsWith("docs/") && !found.has(page));
    assert.deepEqual(lost, []);
    const direct = linkedPages(INDEX);
    const missing = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== INDEX);
    assert.deepEqual(
      missing.filter((page) => !direct.includes(page)),
      [],
    );
  });

  it("README leads to the index, and stays short", () => {
    assert.ok(linkedPages("README.md").includes(INDEX));
    const lines = readFileSync(join(ROOT, "README.md"), "utf8").split("\n").length;
    assert.ok(lines <= 155, `README has ${lines} lines: move what is not for a first look into docs`);
  });

  it("sees what is broken", () => {
    assert.ok(pages.length > 12, `${pages.length} pages`);
    const text =
      "[a](b.md#c) ![d](e.png) `[f](g)`\n\n```ts\nx[0](h);\n```\n[i]: j.md\n[k](https://example.com)";
    assert.deepEqual(linksOf(text), ["b.md#c", "e.png", "j.md"]);
    assert.equal(faultOf(INDEX, "../README.md#quick-start"), undefined);
    assert.equal(faultOf(INDEX, "../README.md#no-such-heading"), "the page has no such heading");
    assert.equal(faultOf(INDEX, "no-such-page.md"), "there is no such file");
    assert.equal(faultOf(INDEX, "../../README.md"), "leads out of the repository");
  });

  it("makes anchors as GitHub does", () => {
    const text =
      "# `pulumi up`: too early?\n## A_b & c\n```sh\n# no heading\n```\n## Twice\n### Twice\n## [Link](x.md), ü";
    assert.deepEqual(anchorsOf(text), ["pulumi-up-too-early", "a_b--c", "twice", "twice-1", "link-ü"]);
  });
});
