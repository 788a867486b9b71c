import * as path from "node:path";
import { provide, type SetupContext } from "./binaries";
import { cacheRoot } from "./cache";
import { atMost } from "./limit";
import { pulumiYaml, pythonSdk } from "./parts";
import { createProgress } from "./progress";
import { providePython, type PythonEnvironment } from "./python";

/** What programs in other languages than TypeScript need; each is got when it is first asked for. */
export interface LanguagePrograms {
  /** The language host of YAML. */
  yamlHost(): Promise<string>;
  /** A Python that has Pulumi's SDK. */
  python(): Promise<string>;
  /** The program that writes a package's Python SDK. */
  pythonSdk(): Promise<string>;
}

const pythonPrograms: PythonEnvironment = {
  name: "Pulumi's SDK",
  requirements: path.join(__dirname, "..", "engine", "languages", "requirements.txt"),
  usually: "20 s",
};

/** The lab's, in the same cache as its other programs. */
export function languagePrograms(): LanguagePrograms {
  const context: SetupContext = {
    root: cacheRoot(),
    env: process.env,
    progress: createProgress(),
    buildSlot: atMost(2),
  };
  return {
    yamlHost: () => provide(pulumiYaml, context),
    python: () => providePython(context, pythonPrograms),
    pythonSdk: () => provide(pythonSdk, context),
  };
}
