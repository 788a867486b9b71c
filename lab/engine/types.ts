import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { LabBinaries, LabDescription } from "../types";

/** A stack of the lab's engine. */
export interface EngineStackOptions {
  lab: Pick<LabDescription, "runId" | "directory" | "aws">;
  binaries: LabBinaries;
  /** Name of the Pulumi project; it is the namespace of keys in `config` that have none. */
  project: string;
  /** Default: `lab`. */
  stack?: string;
  /** Where state is kept. Default: a folder of the project's in the run's folder. */
  stateDirectory?: string;
  /** The stack's configuration, as in `Pulumi.<stack>.yaml`. */
  config?: Record<string, unknown>;
  /** A function; or the folder of a Pulumi project, whose program is imported in a process of its own. */
  program: PulumiFn | string;
  /** Gets the engine's own output as it comes. */
  log?: (text: string) => void;
  /** Further environment of the engine and its plugins. */
  environment?: Record<string, string>;
}

/** Stands in a step's properties for a value that the engine does not know before it does the step. */
export const UNKNOWN = "[unknown]";

export type OperationKind = "preview" | "up" | "refresh" | "destroy";

/** What the engine did, or would do, with one resource. */
export interface EngineStep {
  /** `create`, `update`, `delete`, `same`, `create-replacement`, `delete-replaced`, `replace`, `read`, … */
  op: string;
  urn: string;
  type: string;
  /** The last part of the URN. */
  name: string;
  /** URN of the parent. */
  parent: string;
  /** URN and id of the provider. */
  provider: string;
  oldInputs?: Record<string, unknown>;
  newInputs?: Record<string, unknown>;
  oldOutputs?: Record<string, unknown>;
  /** What came of the step; in a preview, as far as it is known. Absent where the step failed. */
  newOutputs?: Record<string, unknown>;
  /** Properties that change, by path, each with the kind of its change. */
  detailedDiff?: Record<string, string>;
  /** Properties that force a replacement. */
  replaceKeys: string[];
}

export interface EngineDiagnostic {
  severity: string;
  message: string;
  urn?: string;
}

/** What came of an operation. */
export interface OperationResult {
  /** Counts by what was done: `{ create: 3, same: 2 }`. */
  summary: Record<string, number>;
  /** In the order in which the engine began them. */
  steps: EngineStep[];
  /** What was done to which URN, in the order in which it was completed. */
  completed: { op: string; urn: string }[];
  diagnostics: EngineDiagnostic[];
  /** What was told in passing of what goes on, which the engine does not print in the end. */
  passing: EngineDiagnostic[];
  /** The stack's outputs after an `up`; empty otherwise. */
  outputs: Record<string, unknown>;
  /** What the engine printed. */
  text: string;
}
