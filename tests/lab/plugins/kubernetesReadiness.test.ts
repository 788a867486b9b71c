import assert from "node:assert/strict";
import { runChecks } from "../../../lab/plugins/kubernetes/checks";
import { JOB_CHECKS } from "../../../lab/plugins/kubernetes/job-checks";
import { POD_CHECKS } from "../../../lab/plugins/kubernetes/pod-checks";
import type { Properties } from "../../../lab/plugins/shared/server";
import {
  condition,
  pod,
  job,
  STARTED,
  READY,
  CRASHING,
  CRASH_TEXT,
  COMPLETE,
  FAILED,
} from "./kubernetesPods";

describe("kubernetes plugin: what is ready", () => {
  const last = (checks: typeof POD_CHECKS, object: Properties) => {
    const { ready, outcomes } = runChecks(checks, object);
    const { description, message } = outcomes.at(-1)!;
    return [ready, description, message?.severity, message?.text];
  };
  const withContainer = (status: Properties) => ({
    conditions: [...STARTED, condition("Ready", "False", "no")],
    containerStatuses: [{ name: "x", ready: false, ...status }],
  });
  const toBeReady = 'Waiting for Pod "p" to be ready';
  const cases: [string, Properties, unknown[]][] = [
    ["nothing is known of", {}, [false, 'Waiting for Pod "p" to be scheduled', undefined, undefined]],
    [
      "finds no node",
      { conditions: [condition("PodScheduled", "False", "0/1 nodes")] },
      [false, 'Waiting for Pod "p" to be scheduled', "info", "0/1 nodes"],
    ],
    [
      "is not initialized",
      { conditions: [STARTED[0]!, condition("Initialized", "False", "init")] },
      [false, 'Waiting for Pod "p" to be initialized', "warning", "[Pod p]: init"],
    ],
    [
      "is being created",
      withContainer({ state: { waiting: { reason: "ContainerCreating" } } }),
      [false, toBeReady, "warning", "[Pod p]: no"],
    ],
    [
      "has no image",
      withContainer({
        state: {
          waiting: {
            reason: "ErrImagePull",
            message:
              "rpc error: code = Unknown desc = Error response from daemon: manifest for i: manifest unknown",
          },
        },
      }),
      [false, toBeReady, "warning", "[Pod p]: no[ErrImagePull] manifest for i"],
    ],
    [
      "ended",
      withContainer({ state: { terminated: { reason: "Error", exitCode: 3 } } }),
      [false, toBeReady, "warning", '[Pod p]: nocontainer "x" completed with exit code 3'],
    ],
    ["crashes", CRASHING, [false, toBeReady, "warning", CRASH_TEXT]],
    ["is ready", READY, [true, toBeReady, undefined, undefined]],
    ["succeeded", { ...CRASHING, phase: "Succeeded" }, [true, toBeReady, undefined, undefined]],
  ];
  for (const [what, status, expected] of cases) {
    it(`is told of a pod that ${what}`, () => {
      assert.deepEqual(last(POD_CHECKS, pod(status)), expected);
    });
  }

  it("is told of a Job", () => {
    const succeeding = (count: string) => `Waiting for Job "j" to succeed (${count})`;
    const none = "Active: 0 | Succeeded: 0 | Failed: 0";
    assert.deepEqual(last(JOB_CHECKS, job()), [false, 'Waiting for Job "j" to start', undefined, undefined]);
    assert.deepEqual(last(JOB_CHECKS, job({ startTime: "t", active: 2 })), [
      false,
      succeeding("Active: 2 | Succeeded: 0 | Failed: 0"),
      undefined,
      undefined,
    ]);
    assert.deepEqual(last(JOB_CHECKS, job(COMPLETE)), [true, succeeding(none), undefined, undefined]);
    assert.deepEqual(last(JOB_CHECKS, job(FAILED)), [
      false,
      succeeding("Active: 0 | Succeeded: 0 | Failed: 1"),
      "error",
      "[BackoffLimitExceeded] limit",
    ]);
  });
});
