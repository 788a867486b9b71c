/** Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/container/runtime.go */
const MOST_BYTES = 4_096;
const LOG_BYTES = 2_048;
const LOG_LINES = 80;

/**
 * What a container leaves as its last words.
 * Source: getTerminationMessage in
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container.go
 * @param written what it wrote to its terminationMessagePath
 * @param log the lines of its log, read only where they are wanted
 */
export function terminationMessage(
  written: Buffer,
  container: { terminationMessagePolicy?: string; exitCode: number },
  log: () => string[],
): string {
  if (written.length > 0) {
    return written.subarray(-MOST_BYTES).toString("utf8");
  }
  if (container.terminationMessagePolicy !== "FallbackToLogsOnError" || container.exitCode === 0) {
    return "";
  }
  const lines = log().slice(-LOG_LINES);
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  return text.subarray(-LOG_BYTES).toString("utf8");
}
