import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { changesOf } from "../../lab/engine/journal";
import { deleteGiven, fixtureArgs, fixtureFolder, makeGiven, PROJECT } from "../fixtures/upgradeStack";
import { describeEngine, irsaProgram } from "./lab";

describeEngine("engine: stacks of earlier releases", (newScope) => {
  for (const version of readdirSync(join(__dirname, "..", "fixtures", "stacks"))) {
    const text = readFileSync(join(fixtureFolder(version), "state.json"), "utf8");

    it(`${version} is upgraded without making, deleting or replacing anything`, async () => {
      const { lab, open } = await newScope();
      const args = fixtureArgs(version, lab.clusters);
      await makeGiven(lab, args);
      const program = irsaProgram(args);
      const stack = await open(program, { project: PROJECT });
      const state = JSON.parse(text) as { version: number; deployment: object };
      const { deployment: own } = (await stack.exportState()) as {
        deployment: { secrets_providers?: object };
      };
      // Secrets are sealed anew, by this stack's passphrase.
      const deployment = { ...state.deployment, secrets_providers: own.secrets_providers };
      await stack.importState({ ...state, deployment });
      const preview = await stack.preview();
      await deleteGiven(lab, args);
      // Another lab has other endpoints: the providers of Kubernetes learn them, which replaces nothing.
      const changes = changesOf(preview).filter(
        ({ op, type }) =>
          !(op === "update" && ["pulumi:providers:kubernetes", "pulumi:pulumi:Stack"].includes(type)),
      );
      assert.deepEqual(
        changes.map(({ op, type, name }) => `${op} ${type} ${name}`),
        [],
      );
      assert.ok((preview.summary.same ?? 0) > 10, "the stack has its resources");
    });

    it(`${version}'s checkpoint holds no key, token or path of a machine`, () => {
      assert.doesNotMatch(
        text,
        /PRIVATE KEY|eyJhbGciOi|\/(home\/(?!irsa-sample)|Users\/|root\/|work\/|tmp\/)|"token"|AKIA[0-9A-Z]{12}/,
      );
    });
  }
});
