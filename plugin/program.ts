import * as state from "@pulumi/pulumi/runtime/state";

/** By the address of the engine's resource monitor, of which each run has one of its own. */
const roots = new Map<string, object>();

/** What stands for the program whose component is being made: an engine may have a plugin serve several runs. */
export function programRoot(): object {
  const { getStore } = state as unknown as {
    getStore: () => { settings: { options: { monitorAddr?: string } } };
  };
  const address = getStore().settings.options.monitorAddr ?? "";
  const root = roots.get(address) ?? {};
  roots.set(address, root);
  return root;
}
