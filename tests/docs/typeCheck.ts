import { join } from "node:path";
import * as ts from "typescript";
import { ROOT } from "../support/root";

/**
 * Type-checks programs that are no files, as a user's strict project would. Returns what the compiler finds, a line for each
 * fault, with the name of its program.
 *
 * @param programs by name, which is what errors say.
 */
export function typeErrors(programs: Record<string, string>): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules", "@types")],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    // What a user gets by `npm install eks-irsa`.
    paths: { "eks-irsa": [join(ROOT, "index.ts")] },
  };
  const names = new Map(Object.keys(programs).map((name, index) => [join(ROOT, `docs-${index}.ts`), name]));
  const textOf = (file: string) => programs[names.get(file) ?? ""];
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => names.has(file) || disk.fileExists(file),
    readFile: (file) => textOf(file) ?? disk.readFile(file),
    getSourceFile: (file, version, ...rest) => {
      const text = textOf(file);
      return text === undefined
        ? disk.getSourceFile(file, version, ...rest)
        : ts.createSourceFile(file, text, version, true);
    },
  };
  const program = ts.createProgram([...names.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    const name = names.get(file?.fileName ?? "") ?? file?.fileName ?? "";
    return `${name}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
