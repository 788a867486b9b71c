import assert from "node:assert/strict";
import { recovery, recoveryNames } from "../../../lab/chaos/page";
import { sectionOf, readPage } from "../../docs/page";

const PAGE = [
  "<!-- seen: broken -->",
  "",
  "```text",
  "one text",
  "another text",
  "```",
  "",
  "<!-- recovery: broken -->",
  "",
  "```console",
  "pulumi cancel",
  "pulumi up",
  "```",
  "",
].join("\n");

describe("the page on recovery", () => {
  it("is read by its comments", () => {
    assert.deepEqual(recovery("broken", PAGE), {
      seen: ["one text", "another text"],
      commands: ["pulumi cancel", "pulumi up"],
    });
    assert.deepEqual(recoveryNames(PAGE), ["broken"]);
    assert.throws(() => recovery("unknown", PAGE), /has nothing of "unknown"/);
  });

  it("has commands under each of its names", () => {
    const names = recoveryNames();
    assert.ok(names.length >= 7);
    for (const name of names) assert.notDeepEqual(recovery(name).commands, [], name);
  });

  it("leads from each row of its table to a section that is there", () => {
    const page = readPage("docs/recovery.md");
    const links = [...page.text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = ""]) => anchor);
    assert.ok(links.length > 0);
    const headings = [...page.text.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
    const anchors = headings.map((one) => one.toLowerCase().replaceAll("`", "").replaceAll(" ", "-"));
    assert.deepEqual(
      links.filter((link) => !anchors.includes(link)),
      [],
    );
    for (const heading of headings) assert.notEqual(sectionOf(page, `## ${heading}`).trim(), "");
  });
});
