import * as aws from "@pulumi/aws/provider";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { transformSync } from "esbuild";
import * as library from "../../index";
import { changesOf } from "../../lab/engine/journal";
import type { OperationResult } from "../../lab/engine/workspace";
import { readPage, sectionOf } from "../docs/page";

/** One program of a recipe, or the commands to type, and what the page says that changes. */
export interface RecipeStep {
  /** The program, as written. */
  code: string;
  /** What is typed, each without its comment; the program stays as it was. */
  commands: string[];
  /** The project it belongs to; undefined: that of the recipe. */
  project?: string;
  /** Is this what is there before, in the place of the page's first program? */
  before: boolean;
  /** Such as `update Role app`, sorted. */
  changes: string[];
}

/** A recipe of the page: its programs in their order. */
export interface Recipe {
  title: string;
  /** Is nothing deployed before its first program? */
  fromNothing: boolean;
  steps: RecipeStep[];
}

const CHANGE = /^(?:\/\/|#) ((?:create|update|delete|replace|import) \S+ \S+)$/;
const NOTHING = "// nothing changes";
const PROVIDERS: Record<string, string> = {
  "pulumi:providers:aws": "aws.Provider",
  "pulumi:providers:kubernetes": "k8s.Provider",
};
/** The engine tells a replacement as a whole, and in parts; and that it forgets what it had only read. */
const NOT_TOLD = [
  "discard",
  "create-replacement",
  "delete-replaced",
  "import-replacement",
  "discard-replaced",
];
const BEFORE = /^\/\/ Before$/m;
const FROM_NOTHING = /^\/\/ .*[Tt]here is no stack yet/m;
const PROJECT = /^\/\/ In the project "([\w-]+)"/m;

/** The recipes of the page on day two; the program that stands before the first is where each of them begins. */
export function readRecipes(): { base: string; recipes: Recipe[] } {
  const [head = "", ...parts] = readPage("docs/day-two.md").text.split(/^## /m);
  const [base] = blocksOf(head).map(({ text }) => text);
  if (base === undefined) throw new Error("the page has no program to begin with");
  const recipes = parts.map((part) => {
    const steps = blocksOf(part).map(stepOf);
    const first = steps[0];
    const fromNothing = first !== undefined && (first.before || FROM_NOTHING.test(first.code));
    return { title: part.slice(0, part.indexOf("\n")), fromNothing, steps };
  });
  return { base, recipes: recipes.filter(({ steps }) => steps.length > 0) };
}

/** One recipe that is a whole section: the first of its programs is where it begins. What is typed there changes no stack. */
export function readSection(file: string, heading: string): { base: string; recipe: Recipe } {
  const programs = blocksOf(sectionOf(readPage(file), heading)).filter(({ language }) => language === "ts");
  const [base, ...others] = programs;
  if (base === undefined) throw new Error(`${file}, ${heading}: there is no program to begin with`);
  const recipe = { title: `${file}, ${heading}`, fromNothing: false, steps: others.map(stepOf) };
  return { base: base.text, recipe };
}

function blocksOf(text: string): { language: string; text: string }[] {
  return [...text.matchAll(/^```(ts|console)\n([^]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    text: code,
  }));
}

function stepOf({ language, text }: { language: string; text: string }): RecipeStep {
  const lines = text.trimEnd().split("\n");
  const changes = lines.flatMap((line) => CHANGE.exec(line)?.[1] ?? []);
  const project = PROJECT.exec(text)?.[1];
  const before = BEFORE.test(text);
  if (!before && changes.length === 0 && !lines.includes(NOTHING)) {
    throw new Error(`it is not said what this changes:\n${text}`);
  }
  const typed = lines.map((line) => line.replace(/\s*#.*$/, "")).filter((line) => line !== "");
  return {
    code: language === "ts" ? text : "",
    commands: language === "console" ? typed : [],
    before,
    changes: changes.sort(),
    ...(project !== undefined && { project }),
  };
}

/** What the recipes speak of and do not define. */
export type RecipeScope = Record<string, unknown>;

/** Runs a program of the page; what it exports become the stack's outputs. */
export function programOf(code: string, scope: RecipeScope): pulumi.automation.PulumiFn {
  const { code: javascript } = transformSync(code, { loader: "ts", format: "cjs" });
  const required = (name: string): unknown => {
    if (name === "eks-irsa") return library;
    throw new Error(`a program of the page imports ${name}, which is not given to it here`);
  };
  const names = { ...library, pulumi, aws, k8s: kubernetes, require: required, ...scope };
  return () => {
    const exported: { exports: Record<string, unknown> } = { exports: {} };
    // The page's own text is the program: that is what is tried.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function("module", "exports", ...Object.keys(names), javascript) as (
      ...values: unknown[]
    ) => void;
    run(exported, exported.exports, ...Object.values(names));
    return Promise.resolve({ ...exported.exports });
  };
}

/** What the engine changed, in the words of the page, sorted: components have no part of their own in AWS or Kubernetes. */
export function changesIn(result: OperationResult): string[] {
  const changes = changesOf(result);
  const imported = changes.filter(({ op }) => op === "import-replacement").map(({ urn }) => urn);
  const told = changes.flatMap(({ op, type, name, urn }) => {
    const hidden = type.startsWith("eks-irsa:") || type === "pulumi:pulumi:Stack";
    if (hidden || NOT_TOLD.includes(op)) return [];
    // The command line says nothing of default providers.
    if (type.startsWith("pulumi:providers:") && name.startsWith("default")) return [];
    const kind = PROVIDERS[type] ?? type.slice(type.lastIndexOf(":") + 1);
    // What was only read is replaced in the state, by what is owned from now on.
    return [`${imported.includes(urn) ? "import" : op} ${kind} ${name}`];
  });
  return told.sort();
}
