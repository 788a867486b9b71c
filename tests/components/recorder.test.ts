import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { record, recordFailure, type Registration, UNKNOWN, valueOf } from "../support/recorder";

class Thing extends pulumi.CustomResource {
  declare readonly text: pulumi.Output<string>;
  constructor(name: string, text: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions) {
    super("test:index:Thing", name, { text }, opts);
  }
}
const types = { "test:index:Thing": {} };

// The other tests are worth what this one shows: that a recording has all, and that nothing unexpected passes.
describe("recorder", () => {
  it("refuses a resource type that no test expects", async () => {
    const { errors, resources } = await recordFailure(() => new Thing("a", "x"));
    assert.match(errors[0]?.message ?? "", /a resource that no test expects: test:index:Thing "a"/);
    assert.deepEqual(resources, []);
  });

  it("refuses an invoke that no test expects", async () => {
    const { errors } = await recordFailure((lib) => lib.fromClusterName("east").issuerUrl);
    assert.match(errors[0]?.message ?? "", /an invoke that no test expects: aws:eks\/getCluster:getCluster/);
  });

  it("fails when a program does that should not, with the program's error", async () => {
    await assert.rejects(
      record(() => {
        throw new Error("the program's own");
      }),
      { message: "the program's own" },
    );
    await assert.rejects(
      record(() => 1).then(() => recordFailure(() => 1)),
      { message: /should have failed and did not/ },
    );
  });

  it("waits for what is asked for late, and tells parents, dependencies, secrets and names that were", async () => {
    const { recording } = await record(
      () => {
        const first = new Thing("first", pulumi.secret("x"), { protect: true, aliases: [{ name: "zero" }] });
        const second = new Thing("second", first.text, { parent: first });
        new Thing("third", "z", { dependsOn: [second] });
      },
      { types },
    );
    const [first, second, third] = (["first", "second", "third"] as const).map((name) =>
      recording.one("test:index:Thing", name),
    ) as [Registration, Registration, Registration];
    assert.deepEqual(first.inputs, { text: { secret: "x" } });
    assert.deepEqual([first.protect, first.aliases], [true, ["zero"]]);
    assert.deepEqual([second.parent, second.dependencies], [first.urn, [first.urn]]);
    assert.deepEqual(third.dependencies, [second.urn]);
  });

  it("knows in a preview what is given and not what is to be made", async () => {
    const { recording, result } = await record(
      () => {
        const first = new Thing("first", "x");
        return new Thing("second", first.id).text;
      },
      { types, preview: true },
    );
    assert.deepEqual(recording.one("test:index:Thing", "second").inputs, { text: UNKNOWN });
    assert.equal(await valueOf(result), undefined);
  });

  it("keeps programs apart, a failed one too", async () => {
    await recordFailure(
      () =>
        new Thing(
          "a",
          pulumi.output("x").apply(() => Promise.reject(new Error("late"))),
        ),
      {
        types,
      },
    );
    const { recording } = await record(() => new Thing("b", "x"), { types });
    assert.deepEqual(
      recording.resources.map(({ name }) => name),
      ["b"],
    );
  });
});
