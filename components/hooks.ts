import { AsyncResource } from "node:async_hooks";
import { createHash, randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state";
import { oncePerProgram, remoteProgram } from "./programs";

/** Names of hooks that were given already, and what tells this run's hooks from those of others with the same engine. */
const names = oncePerProgram((rooted) => ({
  given: new Set<string>(),
  suffix: rooted ? "" : `/${randomUUID()}`,
}));

/** A name for a hook that no other has. It is in the state, so it is the same in every run of the program. */
export function hookName(name: string): string {
  const { given, suffix } = names();
  const base = `eks-irsa/${name}${suffix}${remoteSuffix()}`;
  let unique = base;
  for (let count = 2; given.has(unique); count++) unique = `${base}#${count}`;
  given.add(unique);
  return unique;
}

/**
 * The engine has one register of hooks for all processes, and a program in another language may have several of ours: a plugin for each
 * version of the package and for each explicit provider of it.
 */
function remoteSuffix(): string {
  const { component } = remoteProgram() ?? {};
  return component === undefined
    ? ""
    : `/${createHash("sha256").update(component).digest("hex").slice(0, 8)}`;
}

/**
 * A hook that the engine calls at a moment of a resource's life; undefined where the engine has no hooks. Only hooks before and after
 * creations and updates are used here: those of deletions would make `pulumi destroy` want the program.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
 */
export function resourceHook(
  name: string,
  callback: pulumi.ResourceHookFunction,
  options: pulumi.ResourceHookOptions = {},
): pulumi.ResourceHook | undefined {
  return areSupported("supportsResourceHooks")
    ? new pulumi.ResourceHook(hookName(name), boundToProgram(callback), options)
    : undefined;
}

/** The same for what the engine asks when an operation has failed: true has it tried again. */
export function errorHook(name: string, callback: pulumi.ErrorHookFunction): pulumi.ErrorHook | undefined {
  return areSupported("supportsErrorHooks")
    ? new pulumi.ErrorHook(hookName(name), boundToProgram(callback))
    : undefined;
}

/** What watches the resources of a component. */
export interface Watcher {
  /** The component as the user wrote it: `MultiClusterIrsa "app"`. */
  what: string;
  component: pulumi.Resource;
}

type AnyHook = pulumi.ResourceHook | pulumi.ErrorHook;
type SharedHooks = Map<string, { hook: AnyHook | undefined; about: Map<string, unknown> }>;
const shared = new WeakMap<pulumi.Resource, SharedHooks>();

/**
 * One hook for all resources of a component that are watched for the same reason. With one for each, every ServiceAccount would cost the engine
 * calls before it is made, and the checkpoint the hooks' names.
 *
 * @param make makes the hook when it is first asked for, by its name and a way to what was said of a resource, by the resource's name.
 * @returns what gives the hook to a resource, of which it remembers what it is told.
 */
export function sharedHook<About, Hook extends AnyHook>(
  { what, component }: Watcher,
  kind: string,
  make: (name: string, aboutOf: (resourceName: string) => About) => Hook | undefined,
): (resourceName: string, about: About) => Hook | undefined {
  const ofComponent = shared.get(component) ?? (new Map() as SharedHooks);
  shared.set(component, ofComponent);
  return (resourceName, about) => {
    let known = ofComponent.get(kind);
    if (known === undefined) {
      const told = new Map<string, unknown>();
      known = { hook: make(`${nameIn(what)}/${kind}`, (name) => told.get(name) as About), about: told };
      ofComponent.set(kind, known);
    }
    known.about.set(resourceName, about);
    return known.hook as Hook | undefined;
  };
}

/** The component's name in `MultiClusterIrsa "app"`. */
function nameIn(what: string): string {
  return what.slice(what.indexOf('"') + 1, -1);
}

/** The engine calls from outside of the program, and a process may run several: what a hook does belongs to this one. */
function boundToProgram<Arguments extends unknown[], Answer>(
  callback: (...args: Arguments) => Answer,
): (...args: Arguments) => Answer {
  return AsyncResource.bind(callback);
}

/** Tests with mocks, and engines of before, know no hooks. */
function areSupported(kind: "supportsResourceHooks" | "supportsErrorHooks"): boolean {
  const { getStore } = state as { getStore?: () => { [feature in typeof kind]?: boolean } };
  const monitor = pulumi.runtime.getMonitor() as { registerResourceHook?: unknown } | undefined;
  return getStore?.()[kind] === true && typeof monitor?.registerResourceHook === "function";
}
