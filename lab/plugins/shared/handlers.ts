import type { EngineLog } from "./engine-log";
import type { Properties } from "./values";

/** How one property differs, at its path. */
export interface PropertyDiff {
  kind: "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";
  /** True when it is the old inputs, and not the old state, that it differs from. */
  inputDiff: boolean;
}

/** What a change means for a resource, as the engine wants to know it. */
export interface DiffResult {
  changes: "NONE" | "SOME" | "UNKNOWN";
  /** Paths (or top-level keys) that force a replacement; empty or absent: an update in place. */
  replaces?: string[];
  /** Top-level keys that differ. */
  diffs?: string[];
  detailedDiff?: Record<string, PropertyDiff>;
  deleteBeforeReplace?: boolean;
}

/** A property that is not acceptable, and why. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** Inputs as the resource will have them, with defaults filled in. */
export interface CheckResult {
  inputs: Properties;
  failures: CheckFailure[];
}

/** The resource that a call is about. */
export interface ResourceContext {
  urn: string;
  /** Its logical name, the last part of the URN. */
  name: string;
  /** Writes to the engine's output, next to the resource. */
  log: EngineLog;
}

/** For a check: the seed that a generated name is drawn from, so that it is the same in preview and update. */
export interface CheckContext extends ResourceContext {
  randomSeed: Uint8Array;
}

/** For an operation that may take time. */
export interface OperationContext extends ResourceContext {
  preview: boolean;
  /** Seconds the user granted by `customTimeouts`; undefined: the plugin's own default. */
  timeout: number | undefined;
  ignoreChanges: string[];
}

/** A resource as it is in reality. */
export interface ReadResult {
  id?: string;
  state: Properties;
  inputs: Properties;
}

/** Result of a function call, or what is wrong with its arguments. */
export type InvokeResult = { result: Properties } | { failures: CheckFailure[] };

/**
 * A provider without its wire format. Secrets are unwrapped (the engine marks them again by name), an unknown is
 * UNKNOWN, null properties are absent. A handler fails by throwing: the message is what the user reads.
 */
export interface ProviderHandlers {
  name: string;
  version: string;
  /** The plugin wants each Secret as one and marks its outputs itself. Provider configuration stays unwrapped. */
  acceptSecrets?: boolean;
  checkConfig?(news: Properties, olds: Properties, context: ResourceContext): Promise<CheckResult>;
  diffConfig?(
    olds: Properties,
    news: Properties,
    oldInputs: Properties,
    ignoreChanges: string[],
  ): Promise<DiffResult> | DiffResult;
  configure(config: Properties): Promise<void>;
  check(type: string, olds: Properties, news: Properties, context: CheckContext): Promise<CheckResult>;
  diff(
    type: string,
    id: string,
    oldState: Properties,
    newInputs: Properties,
    oldInputs: Properties,
    ignoreChanges: string[],
    context: ResourceContext,
  ): Promise<DiffResult>;
  /** In a preview the id may be empty. */
  create(
    type: string,
    inputs: Properties,
    context: OperationContext,
  ): Promise<{ id: string; state: Properties }>;
  /** Undefined: it is gone. `state` and `inputs` are empty on `import` and on a resource's `get`. */
  read(
    type: string,
    id: string,
    state: Properties,
    inputs: Properties,
    context: ResourceContext,
  ): Promise<ReadResult | undefined>;
  /** Resolves to the new state. */
  update(
    type: string,
    id: string,
    oldState: Properties,
    newInputs: Properties,
    context: OperationContext & { oldInputs: Properties },
  ): Promise<Properties>;
  delete(type: string, id: string, state: Properties, context: OperationContext): Promise<void>;
  invoke(token: string, args: Properties, context: { preview: boolean }): Promise<InvokeResult>;
  /** The user interrupts: give up waiting. */
  cancel?(): void;
}
