import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../support/root";

const FOLDER = join(ROOT, ".github", "workflows");

export interface Step {
  uses?: string;
  run?: string;
  if?: string;
  env?: { [name: string]: string };
  with?: { [name: string]: unknown };
}

export interface Job {
  permissions?: { [scope: string]: string };
  needs?: string | string[];
  environment?: string;
  "continue-on-error"?: boolean;
  strategy?: { matrix: { node: number[] } };
  steps: Step[];
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax, as far as tests read it */
export interface Workflow {
  name: string;
  on: { [event: string]: { paths?: string[] } | null };
  permissions: { [scope: string]: string };
  concurrency: { group: string; "cancel-in-progress": boolean | string };
  jobs: { [name: string]: Job };
}

/** The forge's workflows, by their files' names. */
export const workflows = readdirSync(FOLDER).map((file) => {
  const text = readFileSync(join(FOLDER, file), "utf8");
  return { file, text, workflow: parse(text) as Workflow };
});

export function workflowIn(file: string): Workflow {
  const found = workflows.find((one) => one.file === file);
  if (found === undefined) throw new Error(`there is no workflow ${file}`);
  return found.workflow;
}
