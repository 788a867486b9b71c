import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { CheckFailure, CheckResult, DiffResult, PropertyDiff } from "./handlers";
import { toStruct } from "./values";

const CHANGES = {
  NONE: proto.DiffResponse.DiffChanges.DIFF_NONE,
  SOME: proto.DiffResponse.DiffChanges.DIFF_SOME,
  UNKNOWN: proto.DiffResponse.DiffChanges.DIFF_UNKNOWN,
};

const KINDS: Record<PropertyDiff["kind"], proto.PropertyDiff.Kind> = {
  add: proto.PropertyDiff.Kind.ADD,
  "add-replace": proto.PropertyDiff.Kind.ADD_REPLACE,
  delete: proto.PropertyDiff.Kind.DELETE,
  "delete-replace": proto.PropertyDiff.Kind.DELETE_REPLACE,
  update: proto.PropertyDiff.Kind.UPDATE,
  "update-replace": proto.PropertyDiff.Kind.UPDATE_REPLACE,
};

/** The wire form of check failures. */
export function toFailures(failures: CheckFailure[]): proto.CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

/** The wire form of a check's result. */
export function toCheckResponse(result: CheckResult): proto.CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(toStruct(result.inputs));
  response.setFailuresList(toFailures(result.failures));
  return response;
}

/** The wire form of a diff. */
export function toDiffResponse(result: DiffResult): proto.DiffResponse {
  const response = new proto.DiffResponse();
  response.setChanges(CHANGES[result.changes]);
  response.setReplacesList(result.replaces ?? []);
  response.setDiffsList(result.diffs ?? []);
  response.setDeletebeforereplace(result.deleteBeforeReplace ?? false);
  if (result.detailedDiff !== undefined) {
    response.setHasdetaileddiff(true);
    const detailed = response.getDetaileddiffMap();
    for (const [path, { kind, inputDiff }] of Object.entries(result.detailedDiff)) {
      const diff = new proto.PropertyDiff();
      diff.setKind(KINDS[kind]);
      diff.setInputdiff(inputDiff);
      detailed.set(path, diff);
    }
  }
  return response;
}
