import type { EngineStack } from "../engine/workspace";
import type { Lab } from "../supervisor/client";
import { faultsOf } from "./course";
import { ASSOCIATED, FULL, openFleet, type Fleet, type Variant } from "./fleet";
import { killAt } from "./interrupted";
import { recovery } from "./page";
import { killCaller } from "./processes";
import { realityOf } from "./reality";
import { failedAfterwards, held, SERVICE_FAILURE } from "./rules";
import { recover, type Placeholders } from "./terminal";
import { Trial, type Row } from "./trial";

/** Kills the plugin that makes this call, while the operation runs; the operation fails. */
async function killPluginAt(
  fleet: Fleet,
  trial: Trial,
  operation: "up" | "destroy",
  call: { server: string; name: string; when: "before" | "after" },
  variant: Variant = FULL,
): Promise<void> {
  const stack = await fleet.stack(variant);
  const hold = held(({ server, name }) => server === call.server && name === call.name, call.when);
  fleet.gates.interfere(hold.rule);
  const failing = trial.fails(operation, stack[operation](), ...recovery("lost-plugin").seen);
  const { port } = await hold.reached;
  await killCaller(fleet.project, port);
  hold.drop();
  await failing;
  fleet.gates.interfere();
}

/** Plugins are killed before their call is done, which the next operation heals unaided. */
export async function killedPlugins(lab: Lab): Promise<Row[]> {
  const fleet = await openFleet(lab);
  const stack = await fleet.stack(FULL);
  const rows: Row[] = [];
  const kill = async (
    operation: "up" | "destroy",
    plugin: string,
    call: { server: string; name: string; when: "before" | "after" },
  ) => {
    const trial = new Trial();
    await killPluginAt(fleet, trial, operation, call);
    await trial.succeeds(`${operation} again`, stack[operation]());
    trial.add(await faultsOf(fleet, stack));
    const trouble = `${plugin} killed ${call.when} ${call.name}`;
    rows.push(trial.row({ name: "plugin", operation, trouble, recovery: `${operation} again` }));
  };
  try {
    await kill("up", "plugin aws", { server: "aws", name: "CreateRole", when: "before" });
    await kill("destroy", "plugin kubernetes of ireland", {
      server: "ireland",
      name: "DELETE serviceaccounts/reader",
      when: "after",
    });
    return rows;
  } finally {
    await fleet.close();
  }
}

/** What is made while nobody can write it down: it is there, and in no state. The page says how to be rid of it. */
export async function lostCreates(lab: Lab): Promise<Row[]> {
  const fleet = await openFleet(lab);
  const stack = await fleet.stack(FULL);
  try {
    const rows = [
      await lostProvider(fleet, stack),
      await lostServiceAccount(fleet, stack),
      await lostRole(fleet, stack),
      await lostAssociation(fleet, stack),
    ];
    await stack.destroy();
    return rows;
  } finally {
    await fleet.close();
  }
}

/** IAM made a provider, said that it failed, and the SDK's retry finds it there. */
async function lostProvider(fleet: Fleet, stack: EngineStack): Promise<Row> {
  const trial = new Trial();
  const lost = ({ name }: { name: string }) => name === "CreateOpenIDConnectProvider ireland";
  fleet.gates.interfere(failedAfterwards(lost, SERVICE_FAILURE, 1));
  const { seen } = recovery("lost-provider");
  await trial.fails("up", stack.up(), ...seen);
  fleet.gates.interfere();
  await trial.fails("up again", stack.up(), "has an OIDC provider in this account already");
  const issuer = (fleet.issuers.ireland ?? "").replace("https://", "");
  const arn = `arn:aws:iam::${fleet.lab.aws.accountId}:oidc-provider/${issuer}`;
  await heal(fleet, trial, "lost-provider", { "ARN of the provider": arn });
  trial.add(await faultsOf(fleet, stack));
  const trouble = "CreateOpenIDConnectProvider done, and its answer lost";
  return trial.row({ name: "lost", operation: "up", trouble, recovery: "lost-provider" });
}

const LOST_ACCOUNT = /^ServiceAccount ireland\/.*\/(\w+) exists, and is not in the state$/;

/** The plugin made a ServiceAccount, and did not live to tell. */
async function lostServiceAccount(fleet: Fleet, stack: EngineStack): Promise<Row> {
  const trial = new Trial();
  await trial.succeeds("destroy", stack.destroy());
  const call = { server: "ireland", name: "POST serviceaccounts/reader", when: "after" } as const;
  await killPluginAt(fleet, trial, "up", call);
  await trial.fails("up again", stack.up(), ...recovery("lost-service-account").seen);
  // The other one of the cluster was under way by the same plugin, and may have been made as well.
  const made = (await faultsOf(fleet, stack)).flatMap((line) => LOST_ACCOUNT.exec(line)?.[1] ?? []);
  trial.expect(made.includes("reader"), `the reader was to be lost: ${made.join(", ")}`);
  const cluster = fleet.clusters.find(({ name }) => name === "ireland");
  await heal(fleet, trial, "lost-service-account", {
    kubeconfig: cluster?.kubeconfigPath ?? "",
    namespace: fleet.project,
    names: made.join(" "),
  });
  trial.add(await faultsOf(fleet, stack));
  const trouble = "plugin kubernetes of ireland killed after POST serviceaccounts/reader";
  return trial.row({ name: "lost", operation: "up", trouble, recovery: "lost-service-account" });
}

/** The plugin made a role, and did not live to tell: the next `up` makes another one, and says nothing. */
async function lostRole(fleet: Fleet, stack: EngineStack): Promise<Row> {
  const trial = new Trial();
  await trial.succeeds("destroy", stack.destroy());
  await killPluginAt(fleet, trial, "up", { server: "aws", name: "CreateRole", when: "after" });
  await trial.succeeds("up again", stack.up());
  await removeRole(fleet, stack, trial, "lost-role", (role) => ({
    component: fleet.project,
    "the other one": role,
  }));
  trial.add(await faultsOf(fleet, stack));
  const trouble = "plugin aws killed after CreateRole";
  return trial.row({ name: "lost", operation: "up", trouble, recovery: "lost-role" });
}

/** The plugin made an association, and did not live to tell: EKS, which takes one for each ServiceAccount, refuses the next. */
async function lostAssociation(fleet: Fleet, stack: EngineStack): Promise<Row> {
  const trial = new Trial();
  await trial.succeeds("destroy", stack.destroy());
  const call = {
    server: "aws",
    name: "POST pod-identity-associations ireland/reader",
    when: "after",
  } as const;
  await killPluginAt(fleet, trial, "up", call, ASSOCIATED);
  const associated = await fleet.stack(ASSOCIATED);
  await trial.fails("up again", associated.up(), ...recovery("lost-association").seen);
  // The other one of the cluster was under way by the same plugin, and may have been made as well.
  const lost = await idsOfLost(fleet, await faultsOf(fleet, associated));
  trial.expect(lost.length > 0, "an association was to be lost");
  const { region = "" } = fleet.clusters.find(({ name }) => name === "ireland") ?? {};
  const placeholders = { region, cluster: "ireland", "association ids": lost.join(" ") };
  await heal(fleet, trial, "lost-association", placeholders, ASSOCIATED);
  trial.add(await faultsOf(fleet, associated));
  const trouble = "plugin aws killed after CreatePodIdentityAssociation";
  return trial.row({ name: "lost", operation: "up", trouble, recovery: "lost-association" });
}

/** The ids of the associations of ireland that are there, and not in the state. */
async function idsOfLost(fleet: Fleet, faults: string[]): Promise<string[]> {
  const there = await realityOf(fleet);
  return faults
    .flatMap((line) => /^(association ireland\/\S+) exists, and is not in the state$/.exec(line)?.[1] ?? [])
    .map((name) => (there.get(name)?.content as { id: string }).id);
}

/** After a kill `pulumi up` was run at once: the role that was under way is there twice, once without a stack. */
export async function upTooEarly(lab: Lab): Promise<Row[]> {
  const fleet = await openFleet(lab);
  const stack = await fleet.stack(FULL);
  try {
    const trial = new Trial();
    await killAt(fleet, { operation: "up", call: "aws CreateRole", when: "after", pause: 0 }, FULL);
    await trial.fails("up", stack.up(), ...recovery("interrupted").seen);
    await stack.cancel();
    const up = await stack.up();
    const [warning = ""] = recovery("up-too-early").seen;
    trial.expect(up.text.includes(warning), `up says nothing of "${warning}": ${up.text}`);
    await removeRole(fleet, stack, trial, "up-too-early", (role) => ({ "the id that is printed": role }), 1);
    trial.add(await faultsOf(fleet, stack));
    await stack.destroy();
    const trouble = "engine killed after aws CreateRole, up at once";
    return [trial.row({ name: "too early", operation: "up", trouble, recovery: "up-too-early" })];
  } finally {
    await fleet.close();
  }
}

/** The comparison finds the role that is in no state, beside `more` other differences; the page's commands remove it. */
async function removeRole(
  fleet: Fleet,
  stack: EngineStack,
  trial: Trial,
  name: string,
  placeholders: (role: string) => Placeholders,
  more = 0,
): Promise<void> {
  const found = await faultsOf(fleet, stack);
  const [role] = found.flatMap(
    (line) => /^role (\S+) exists, and is not in the state$/.exec(line)?.[1] ?? [],
  );
  trial.expect(
    role !== undefined && found.length === 1 + more,
    `one role was to be lost: ${found.join("; ")}`,
  );
  await heal(fleet, trial, name, placeholders(role ?? ""));
}

/** Types what the page says, and takes note of what fails. */
async function heal(
  fleet: Fleet,
  trial: Trial,
  name: string,
  placeholders: Placeholders,
  variant: Variant = FULL,
): Promise<void> {
  trial.typed(await recover(fleet, name, { variant, placeholders }));
}
