import assert from "node:assert/strict";
import { isPartOf, messagesIn, type Message } from "./messages";
import { readPage, sectionOf } from "./page";

const PAGE = readPage("docs/troubleshooting.md");

/** Their texts are a decision's reason, of which the page says where it comes from. */
const OF_DECISIONS = [
  "clauses",
  "compiled",
  "conditions",
  "document",
  "evaluate",
  "exactParts",
  "generated",
  "podIdentityExact",
  "podIdentityGenerated",
  "podIdentityRequest",
  "principals",
].map((name) => `trust/${name}.ts`);

/** Ends of messages whose beginnings are on the page, and texts that are no messages. */
const PARTS = [
  /^trust.extraKeys.ts: (?!is |says )/,
  /^trust.subject\.ts: letters, digits/,
  /^trust.budget\.ts: \. What each form needs by now: /,
  /^trust.podIdentityChecks\.ts: is not of one ServiceAccount/,
  /^components.associationHooks\.ts: +\(its id: /,
  /^components.existingProvider\.ts: …formerNames, or the option aliases/,
  /^components.existingProvider\.ts: aws iam add-client-id-to-open-id-connect-provider/,
  /^components.knownKeys\.ts: (?!is not known)/,
  /^components.podIdentityValidation\.ts: …, and here clusters\[\]\.baseRole/,
  /^components.problems\.ts: /,
  /^components.proofScript\.ts: touch /,
  /^components.roleAccount\.ts: account /,
  /^components.shards\.ts: +\(room for clusters like /,
  /^components.shards\.ts: there is no other shard/,
  /^components.transitions\.ts: \(kubectl /,
  /^components.trustDocument\.ts: by EKS Pod Identity/,
  /^components.trustValidation\.ts: a whole number from /,
];

describe("docs: errors and what to do", () => {
  const messages = ["components", "trust", "plugin"].flatMap(messagesIn);
  const ours = quotedIn(sectionOf(PAGE, "## Errors of this package"));

  it("has of this package's errors what the sources say", () => {
    assert.ok(ours.length > 150);
    const unknown = ours.filter((quoted) => !messages.some((message) => isPartOf(quoted, message)));
    assert.deepEqual(unknown, []);
  });

  it("leaves none of them out", () => {
    const told = messages.filter(({ file }) => !OF_DECISIONS.includes(file));
    assert.ok(told.length > 200);
    const missing = told.filter(
      (message) => !isPart(message) && !ours.some((quoted) => tells(quoted, message)),
    );
    assert.deepEqual(
      missing.map(({ file, text }) => `${file}: ${text}`),
      [],
    );
  });
});

function isPart({ file, text }: Message): boolean {
  return PARTS.some((part) => part.test(`${file}: ${text}`));
}

/** Whether who has the message finds it by this text, which has to have more than a word in common with it. */
function tells(quoted: string, message: Message): boolean {
  const length = (text: string) => text.replaceAll("…", "").trim().length;
  return isPartOf(quoted, message) && length(quoted) >= Math.min(15, length(message.text));
}

/** The texts in the first column of the tables. */
function quotedIn(section: string): string[] {
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.flatMap((row) =>
    [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text),
  );
}
