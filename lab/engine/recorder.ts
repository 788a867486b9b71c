import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { UNKNOWN, type EngineDiagnostic, type EngineStep, type OperationResult } from "./types";

/** Keeps what the engine's events tell of one operation. */
export class EventRecorder {
  readonly #steps: EngineStep[] = [];
  readonly #completed: { op: string; urn: string }[] = [];
  readonly #diagnostics: EngineDiagnostic[] = [];
  readonly #passing: EngineDiagnostic[] = [];
  readonly #underWay = new Set<string>();
  #summary: Record<string, number> = {};

  readonly listen = (event: EngineEvent): void => {
    if (event.resourcePreEvent) {
      this.#steps.push(stepOf(event.resourcePreEvent.metadata));
      this.#begin(event.resourcePreEvent.metadata);
    } else if (event.resOutputsEvent) {
      this.#complete(event.resOutputsEvent.metadata);
      this.#underWay.delete(keyOf(event.resOutputsEvent.metadata));
    } else if (event.resOpFailedEvent) {
      this.#underWay.delete(keyOf(event.resOpFailedEvent.metadata));
    } else if (event.diagnosticEvent) {
      const { severity, message, urn, ephemeral } = event.diagnosticEvent;
      (ephemeral ? this.#passing : this.#diagnostics).push({
        severity,
        message: message.trimEnd(),
        ...(urn && { urn }),
      });
    } else if (event.summaryEvent) {
      this.#summary = { ...event.summaryEvent.resourceChanges };
    }
  };

  /** Is a provider at work on a resource? */
  isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  result(outputs: Record<string, unknown>, text: string): OperationResult {
    return {
      summary: this.#summary,
      steps: this.#steps,
      completed: this.#completed,
      diagnostics: this.#diagnostics,
      passing: this.#passing,
      outputs,
      text,
    };
  }

  #begin(metadata: StepEventMetadata): void {
    // A component is done only when it registers its outputs, for which its program may fail to come.
    if (metadata.provider !== "") this.#underWay.add(keyOf(metadata));
  }

  #complete({ op, urn, new: next }: StepEventMetadata): void {
    // A component comes a second time, when it registers its outputs.
    if (!this.#completed.some((done) => done.op === op && done.urn === urn))
      this.#completed.push({ op, urn });
    const step = this.#steps.find((candidate) => candidate.op === op && candidate.urn === urn);
    if (step && next?.outputs) step.newOutputs = shown(next.outputs);
  }
}

function keyOf({ op, urn }: StepEventMetadata): string {
  return `${op} ${urn}`;
}

function stepOf(metadata: StepEventMetadata): EngineStep {
  const { op, urn, type, old, new: next, detailedDiff, keys } = metadata;
  return {
    op,
    urn,
    type,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    parent: (next ?? old)?.parent ?? "",
    provider: metadata.provider,
    ...(old?.inputs && { oldInputs: shown(old.inputs) }),
    ...(old?.outputs && { oldOutputs: shown(old.outputs) }),
    ...(next?.inputs && { newInputs: shown(next.inputs) }),
    ...(detailedDiff && {
      detailedDiff: Object.fromEntries(
        Object.entries(detailedDiff).map(([path, { diffKind }]) => [path, diffKind]),
      ),
    }),
    replaceKeys: keys ?? [],
  };
}

// https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/plugin/rpc.go (UnknownStringValue); the engine writes
// every unknown in an event as this one.
const UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties as the CLI shows them: without a plugin's own marks (`__defaults`), and unknowns as such. */
function shown(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => !key.startsWith("__"))
      .map(([key, value]) => [key, withUnknowns(value)]),
  );
}

function withUnknowns(value: unknown): unknown {
  if (value === UNKNOWN_ON_THE_WIRE) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withUnknowns);
  return typeof value === "object" && value !== null ? shown(value as Record<string, unknown>) : value;
}
