import assert from "node:assert/strict";
import { inLab, inReadme, shownPreview } from "./previewText";

const ID = "8C86E381A526D088318BC007FF481D02";
const README_ID = "EXAMPLE0000000000000000000000001";
const NAMES = { ireland: "prod-ireland", "123456789012": "111122223333", [ID]: README_ID };

/** What the engine prints while it works, with this in the middle, and after it. */
function printed(steps: string[], outputs: string[] = [], resources = "    + 3 to create"): string {
  return [
    "Previewing update (dev):\n",
    " +  pulumi:pulumi:Stack demo-dev create ",
    ...steps,
    " +  pulumi:pulumi:Stack demo-dev create ",
    ...(outputs.length === 0 ? [] : ["Outputs:", ...outputs, ""]),
    "Resources:",
    resources,
    "\n\n",
  ].join("\n");
}

const ROLE = " +  aws:iam:Role app create ";
const PROVIDER = " +  aws:iam:OpenIdConnectProvider app/east create ";
const COMPONENT = " +  eks-irsa:index:MultiClusterIrsa app create ";

describe("examples: a preview as READMEs show it", () => {
  it("is the same in whatever order the engine comes to what does not wait", () => {
    const shown = shownPreview(printed([COMPONENT, "@ previewing update....", ROLE, PROVIDER]), {});
    assert.equal(shown, shownPreview(printed([PROVIDER, "@ previewing update..", COMPONENT, ROLE]), {}));
    assert.equal(
      shown,
      [
        "Previewing update (dev):",
        "",
        " +  pulumi:pulumi:Stack demo-dev create",
        " +  eks-irsa:index:MultiClusterIrsa app create",
        " +  aws:iam:Role app create",
        " +  aws:iam:OpenIdConnectProvider app/east create",
        "",
        "Resources:",
        "    + 3 to create",
        "",
      ].join("\n"),
    );
  });

  it("has the README's names, and one for all that were made up", () => {
    const outputs = [
      `    arn : "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/${ID}"`,
      '    host: "https://127.0.0.1:34567"',
      '    name: "app-38c0343"',
      '    what: "arn:aws:eks:eu-west-1:123456789012:cluster/ireland"',
    ];
    const shown = shownPreview(printed([], outputs), NAMES).split("\n").slice(5, 9);
    assert.deepEqual(shown, [
      `    arn : "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/${README_ID}"`,
      '    host: "https://EXAMPLE.eks.amazonaws.com"',
      '    name: "app-1a2b3c4"',
      '    what: "arn:aws:eks:eu-west-1:111122223333:cluster/prod-ireland"',
    ]);
  });

  it("tells a warning once, below, and a look-up that goes on not at all", () => {
    const warning = 'warning: MultiClusterIrsa "app": cluster "east" is retired';
    const passing = [
      `${COMPONENT}${warning}`,
      "    pulumi:pulumi:Stack demo-dev running read aws:iam:OpenIdConnectProvider app/east",
      " +  pulumi:pulumi:Stack demo-dev create read aws:iam:OpenIdConnectProvider app/west",
    ];
    const diagnostics = ["Diagnostics:", "  eks-irsa:index:MultiClusterIrsa (app):", `    ${warning}`];
    const shown = shownPreview(
      printed([COMPONENT, ...passing]).replace("Resources:", `${diagnostics.join("\n")}\n\nResources:`),
      {},
    );
    assert.equal(shown.split(warning).length, 2);
    assert.equal(shown.split("MultiClusterIrsa app create\n").length, 2);
    assert.doesNotMatch(shown, /running|read/);
    const update = COMPONENT.replace(" + ", " ~ ").replace("create ", "update [diff: ~clusters]");
    const updated = shownPreview(printed([update, `${update}; ${warning}`]), {});
    assert.equal(updated.split("MultiClusterIrsa").length, 2);
  });

  it("differs when another thing is done, or the same for another reason", () => {
    const update = " ~  aws:iam:Role app update [diff: ~assumeRolePolicy]";
    const texts = [
      printed([ROLE]),
      printed([update]),
      printed([update.replace("~assumeRolePolicy", "~tags")]),
      printed([ROLE, PROVIDER]),
      printed([ROLE], ['    roleArn: "a"']),
      printed([ROLE], ['    roleArn: "b"']),
      printed([ROLE], [], "    + 4 to create"),
    ];
    assert.equal(new Set(texts.map((text) => shownPreview(text, {}))).size, texts.length);
  });

  it("leaves out what stays as it is", () => {
    const shown = shownPreview(printed(["    aws:iam:Role app  "]), {});
    assert.doesNotMatch(shown, /Role/);
  });

  it("is an error for what is no preview, or one that broke off", () => {
    assert.throws(() => shownPreview("Updating (dev):\n\nResources:\n", {}), /this is no preview/);
    assert.throws(() => shownPreview("Previewing update (dev):\n", {}), /this is no preview/);
  });

  it("gives the lab's names back for the README's", () => {
    const text = `arn:aws:eks:eu-west-1:123456789012:cluster/ireland id/${ID}`;
    assert.notEqual(inReadme(text, NAMES), text);
    assert.equal(inLab(inReadme(text, NAMES), NAMES), text);
    const nested = { blue: "east", "blue.green": "west" };
    assert.equal(inReadme("blue blue.green bluexgreen", nested), "east west eastxgreen");
  });
});
