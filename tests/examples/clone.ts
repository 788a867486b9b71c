import { cpSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../support/root";

/** What programs of the clone stand on. */
const SOURCES = [
  ...["index.ts", "components", "trust", "plugin", "examples"],
  ...["package.json", "tsconfig.json", "Pulumi.yaml"],
];
const MADE_IN_PLACE = ["node_modules", "sdks", "venv", "__pycache__"];

/** Copies the clone, so that a project of it may have settings of the lab's; what `npm install` put beside it is this clone's. */
export function copyClone(folder: string): void {
  for (const name of SOURCES) {
    cpSync(join(ROOT, name), join(folder, name), {
      recursive: true,
      filter: (path) => !MADE_IN_PLACE.includes(basename(path)),
    });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
