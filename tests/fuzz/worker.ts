import { parentPort } from "node:worker_threads";
import { crashed, type Outcome } from "./outcome";
import { revived } from "./specials";
import { TARGETS, type TargetName } from "./targets";

/** A case on its way to the thread that tries it. */
export interface Sent {
  target: TargetName;
  value: unknown;
}

parentPort?.on("message", ({ target, value }: Sent) => {
  parentPort?.postMessage(judged(target, value));
});

/** What the judge itself throws is a fault of the fuzz run; it is told of all the same, with its case. */
function judged(target: TargetName, value: unknown): Outcome {
  try {
    return TARGETS[target].judge(revived(value));
  } catch (error) {
    return crashed("the judge", error);
  }
}

parentPort?.postMessage("ready");
