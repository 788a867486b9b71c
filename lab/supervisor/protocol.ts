import type { ClusterSpec } from "../kubernetes/clusters";
import type { LabBinaries, LabDescription } from "../types";
import type { ProcessIdentity } from "./processes";

/** The first line that a client writes to its supervisor's standard input. */
export interface StartRequest {
  runId: string;
  directory: string;
  client: ProcessIdentity;
  binaries: LabBinaries;
  clusters: ClusterSpec[];
  /** Absent in labs of tests that need no outsider. */
  stranger?: ClusterSpec;
  /** Characters that IAM takes as a trust policy. Default: IAM's own. */
  trustPolicyQuota?: number;
}

/** What a client may say afterwards. The end of the input says: stop, whatever the reason. */
export type ClientMessage =
  | { say: "keep" }
  | { say: "stop"; keepFolder: boolean }
  /** Ends the API server of a cluster, or starts it again; answered by `done` with the same id. */
  | { say: "cluster"; id: number; name: string; wanted: "down" | "up" };

/** What a supervisor answers, one JSON value a line. */
export type SupervisorMessage =
  | { say: "log"; line: string }
  | { say: "ready"; lab: LabDescription }
  | { say: "failed"; message: string }
  | { say: "done"; id: number; failure?: string };
