import assert from "node:assert/strict";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { TagOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import type { IrsaCluster } from "../../index";
import { iamClient } from "../../lab/aws/clients";
import { changesOf, stepOf, stepsOf } from "../../lab/engine/journal";
import type { OperationFailed, OperationResult } from "../../lab/engine/workspace";
import { whileExchanging, type Exchanged } from "./exchange";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { deleteProvider, failureOf, makeProvider, providerArn, providerInIam, TYPE } from "./support";

/** What is done with the clusters' providers and the role, beside reading. */
function changes(result: OperationResult): string[] {
  const types: string[] = [TYPE.oidcProvider, TYPE.role];
  return changesOf(result)
    .filter(({ type }) => types.includes(type))
    .map(({ op, name }) => `${op} ${name}`)
    .sort();
}

/** The providers that are read. */
function reads(result: OperationResult): string[] {
  const read = stepsOf(result, { op: "read", type: TYPE.oidcProvider });
  return read.map(({ name }) => name).sort();
}

/** The providers in a checkpoint. */
function providersIn(deployment: unknown): string[] {
  const { resources = [] } = deployment as { resources?: { type: string; urn: string }[] };
  const found = resources.filter(({ type }) => type === TYPE.oidcProvider);
  return found.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2)).sort();
}

interface Both {
  preview: OperationResult;
  up: OperationResult;
}

describeEngine("engine: an OIDC provider leaves a stack's ownership, and comes back", (newScope) => {
  let scope: Scope;
  let arn: string;
  let created: OperationResult;
  let adopting: Both & { exchanged: Exchanged<OperationResult> };
  let refreshed: OperationResult;
  let recreating: { preview: OperationFailed; up: OperationFailed };
  let importing: Both;
  let own: Both;
  let renaming: Both;
  let gone: OperationFailed;
  let inStateWhenGone: string[];
  let destroyed: OperationResult;
  /** The provider as IAM had it after each of the steps. */
  const inIam: Record<string, Awaited<ReturnType<typeof providerInIam>>> = {};

  const programWith = (changed: Partial<IrsaCluster>, tags?: Record<string, string>): PulumiFn =>
    irsaProgram({
      clusters: [{ ...scope.clusters["virginia-blue"], ...changed }, scope.clusters.ireland],
      serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
      ...(tags && { tags }),
    });

  before(async () => {
    scope = await newScope({ pods: true });
    const { lab, namespace, clusters } = scope;
    const { issuerUrl } = clusters["virginia-blue"];
    arn = providerArn(lab, issuerUrl);
    const keep = async (step: string) => (inIam[step] = await providerInIam(lab, issuerUrl));
    const stack = await scope.open(programWith({}));
    const both = async (program: PulumiFn): Promise<Both> => ({
      preview: await stack.preview(program),
      up: await stack.up(program),
    });
    created = await stack.up();
    await keep("created");

    const adopted = programWith({ oidcProviderArn: arn });
    const preview = await stack.preview(adopted);
    const holder = { cluster: "virginia-blue", namespace, name: "reader" };
    const exchanged = await whileExchanging(lab, String(created.outputs.roleArn), [holder], () =>
      stack.up(adopted),
    );
    adopting = { preview, up: exchanged.result, exchanged };
    await keep("adopted");
    refreshed = await stack.refresh();
    recreating = {
      preview: await failureOf(stack.preview(programWith({}))),
      up: await failureOf(stack.up(programWith({}))),
    };
    await iamClient(lab.aws).send(
      new TagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: arn,
        Tags: [{ Key: "owner", Value: "somebody else" }],
      }),
    );
    const imported = { oidcProviderArn: arn, importOidcProvider: true };
    importing = await both(programWith(imported, { team: "data" }));
    await keep("imported");
    own = await both(programWith({}, { team: "data" }));
    await keep("own");
    const renamed = { name: "blue", formerNames: ["virginia-blue"], oidcProviderArn: arn };
    renaming = await both(programWith(renamed));
    await keep("renamed");

    await deleteProvider(lab, arn);
    gone = await failureOf(stack.up(programWith(renamed)));
    await stack.refresh();
    inStateWhenGone = providersIn((await stack.exportState()).deployment);
    await makeProvider(lab, issuerUrl);
    await stack.up(programWith(renamed));
    destroyed = await stack.destroy();
    await keep("destroyed");
    await deleteProvider(lab, arn);
  });

  it("created, then adopted, in one step: it is read, and stays as it is", () => {
    for (const result of [adopting.preview, adopting.up]) {
      assert.deepEqual([changes(result), reads(result)], [[], ["app/virginia-blue"]]);
    }
    assert.ok(inIam.created);
    assert.deepEqual(inIam.adopted, inIam.created);
    assert.equal(adopting.up.outputs.trustPolicyJson, created.outputs.trustPolicyJson);
  });

  it("no token is refused meanwhile", () => {
    const holder = { cluster: "virginia-blue", namespace: scope.namespace, name: "reader" };
    assert.deepEqual(adopting.exchanged.refusalsOf(holder), []);
  });

  it("a refresh finds nothing changed", () => {
    assert.deepEqual(changesOf(refreshed), []);
  });

  it("is not created a second time: the preview already says which arguments to write", () => {
    for (const { message, result } of [recreating.preview, recreating.up]) {
      assert.match(message, /clusters\[0\]\.issuerUrl has an OIDC provider in this account already/);
      assert.ok(message.includes(`adopt ${arn} by clusters[0].oidcProviderArn`), message);
      assert.match(message, /or take it over by importOidcProvider: true/);
      assert.doesNotMatch(message, /EntityAlreadyExists/);
      assert.deepEqual(stepsOf(result, { type: TYPE.role, op: "update" }), []);
    }
  });

  it("is taken over without a change of it, whatever its tags are", () => {
    for (const result of [importing.preview, importing.up]) {
      const provider = changes(result).filter((change) => change.includes("app/virginia-blue"));
      // The engine's words for: not read any more, owned from now on. Nothing is deleted.
      assert.deepEqual(provider, [
        "discard-replaced app/virginia-blue",
        "import-replacement app/virginia-blue",
        "replace app/virginia-blue",
      ]);
      const { detailedDiff, replaceKeys } = stepOf(result, { type: TYPE.role });
      assert.ok(Object.keys(detailedDiff ?? {}).every((key) => key.startsWith("tags")));
      assert.deepEqual(replaceKeys, []);
    }
    assert.deepEqual(inIam.imported, { ...inIam.created, tags: { owner: "somebody else" } });
  });

  it("is then updated in place when both arguments are left out", () => {
    for (const result of [own.preview, own.up]) {
      assert.deepEqual(changes(result), ["update app/virginia-blue"]);
    }
    assert.deepEqual(inIam.own, { ...inIam.created, tags: { team: "data" } });
  });

  it("renamed and adopted at once: it is read under both names, and stays as it is", () => {
    for (const result of [renaming.preview, renaming.up]) {
      assert.deepEqual(reads(result), ["app/blue", "app/virginia-blue"]);
      assert.deepEqual(
        changes(result).filter((change) => change.startsWith("delete")),
        [],
      );
    }
    assert.deepEqual(inIam.renamed, inIam.own);
  });

  it("deleted by its owner: the next up says so before the role, and a refresh notices it", () => {
    assert.ok(gone.message.includes(`resource '${arn}' does not exist`), gone.message);
    assert.deepEqual(changes(gone.result), []);
    assert.deepEqual(inStateWhenGone, ["app/ireland"]);
  });

  it("stays when the stack is destroyed", () => {
    assert.ok(inIam.destroyed);
    const deleted = stepsOf(destroyed, { type: TYPE.oidcProvider, op: "delete" });
    assert.deepEqual(
      deleted.map(({ name }) => name),
      ["app/ireland"],
    );
  });
});
