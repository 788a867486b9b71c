import type { ServerResponse } from "node:http";
import type { ContainerRunner } from "./container";
import type { LogLine } from "./containerLog";
import { HttpError } from "./httpError";

/** A container that somebody asks for. */
export interface AskedContainer {
  runner: ContainerRunner;
  name: string;
  pod: string;
}

/** Numbers of a query; undefined where it does not say. */
function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw new HttpError(400, `invalid ${name}: ${JSON.stringify(text)}`);
  return Number(text);
}

/** The log that is meant. Source of the words: validateContainerLogStatus in
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kubelet_pods.go */
function logOf({ runner, name, pod }: AskedContainer, previous: boolean) {
  const which = `container ${JSON.stringify(name)} in pod ${JSON.stringify(pod)}`;
  if (previous) {
    if (!runner.previousLog) throw new HttpError(400, `previous terminated ${which} not found`);
    return runner.previousLog;
  }
  if (runner.log) return runner.log;
  const reason = runner.status.state.waiting?.reason ?? "";
  const words: Partial<Record<string, string>> = {
    ErrImagePull: "image can't be pulled",
    ImagePullBackOff: "trying and failing to pull image",
  };
  throw new HttpError(400, `${which} is waiting to start: ${words[reason] ?? reason}`);
}

/** Answers with a container's log: tailLines, sinceSeconds, sinceTime, limitBytes, timestamps, previous, follow. */
export function answerLogs(
  container: AskedContainer,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const flag = (name: string) => query.get(name) === "true";
  const [tail, seconds] = [numberIn(query, "tailLines"), numberIn(query, "sinceSeconds")];
  let left = numberIn(query, "limitBytes") ?? Infinity;
  const log = logOf(container, flag("previous"));
  const since = query.get("sinceTime") ?? "";
  const from = seconds === undefined ? Date.parse(since) : Date.now() - seconds * 1_000;
  let lines = log.lines();
  if (!Number.isNaN(from)) lines = lines.filter(({ time }) => Date.parse(time) >= from);
  if (tail !== undefined) lines = tail === 0 ? [] : lines.slice(-tail);

  response.writeHead(200, { "content-type": "text/plain" });
  const write = ({ time, text }: LogLine) => {
    const bytes = Buffer.from(flag("timestamps") ? `${time} ${text}\n` : `${text}\n`).subarray(0, left);
    left -= bytes.length;
    response.write(bytes);
    if (left <= 0) response.end();
  };
  for (const line of lines) {
    if (left > 0) write(line);
  }
  if (!flag("follow") || left <= 0) {
    response.end();
    return;
  }
  response.flushHeaders();
  const stop = log.follow(
    (line) => {
      if (!response.writableEnded) write(line);
    },
    () => response.end(),
  );
  response.on("close", stop);
}
