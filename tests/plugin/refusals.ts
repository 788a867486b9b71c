import assert from "node:assert/strict";
import { packageFolder, Refused, start, type Construction, type Running } from "./pluginProcess";

/** A plugin for the tests of one `describe`, which is to refuse what it is asked for. */
export interface RefusingPlugin {
  running: () => Running;
  /** What it says, which is a message and no stack. */
  refusal: (construction: Construction) => Promise<Refused>;
}

/** Starts the plugin before the tests of this `describe`, and ends it after them. */
export function refusingPlugin(): RefusingPlugin {
  const packaged = packageFolder();
  let started: Running | undefined;
  before(async () => {
    started = await start(packaged.folder);
  });
  after(() => {
    started?.stop();
    packaged.remove();
  });
  const running = () => started!;
  return {
    running,
    refusal: async (construction) => {
      const error: unknown = await running()
        .plugin.construct(construction)
        .catch((reason: unknown) => reason);
      assert.ok(error instanceof Refused, "it was taken");
      assert.doesNotMatch(`${error.message}${running().plugin.printed}`, /\n +at |Warning/);
      return error;
    },
  };
}
