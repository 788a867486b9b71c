import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { EngineDiagnostic, EngineStep, OperationResult } from "./types";

/** Keeps what the engine's events tell of one operation. */
export class EventRecorder {
  readonly #steps: EngineStep[] = [];
  readonly #completed: { op: string; urn: string }[] = [];
  readonly #diagnostics: EngineDiagnostic[] = [];
  #summary: Record<string, number> = {};

  readonly listen = (event: EngineEvent): void => {
    if (event.resourcePreEvent) {
      this.#steps.push(stepOf(event.resourcePreEvent.metadata));
    } else if (event.resOutputsEvent) {
      const { op, urn } = event.resOutputsEvent.metadata;
      this.#completed.push({ op, urn });
    } else if (event.diagnosticEvent && !event.diagnosticEvent.ephemeral) {
      const { severity, message, urn } = event.diagnosticEvent;
      this.#diagnostics.push({ severity, message: message.trimEnd(), ...(urn !== undefined && { urn }) });
    } else if (event.summaryEvent) {
      this.#summary = { ...event.summaryEvent.resourceChanges };
    }
  };

  result(outputs: Record<string, unknown>, text: string): OperationResult {
    return {
      summary: this.#summary,
      steps: this.#steps,
      completed: this.#completed,
      diagnostics: this.#diagnostics,
      outputs,
      text,
    };
  }
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
    ...(old?.inputs && { oldInputs: old.inputs }),
    ...(next?.inputs && { newInputs: next.inputs }),
    ...(detailedDiff && {
      detailedDiff: Object.fromEntries(
        Object.entries(detailedDiff).map(([path, { diffKind }]) => [path, diffKind]),
      ),
    }),
    replaceKeys: keys ?? [],
  };
}
