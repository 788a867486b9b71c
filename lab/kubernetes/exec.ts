import { Writable } from "node:stream";
import { Exec, type V1Status } from "@kubernetes/client-node";
import type { LabCluster } from "../types";
import { clusterApi } from "./client";

/** What a command in a container came to. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a command in a container of a pod, as `kubectl exec` does: by the API server, which asks the pod's node. */
export async function execInPod(
  cluster: Pick<LabCluster, "kubeconfig">,
  pod: { namespace: string; name: string; container: string },
  command: string[],
): Promise<ExecResult> {
  const [stdout, stderr] = [new Text(), new Text()];
  const exec = new Exec(clusterApi(cluster).config);
  const status = await new Promise<V1Status>((resolve, reject) => {
    const { namespace, name, container } = pod;
    exec.exec(namespace, name, container, command, stdout, stderr, null, false, resolve).then((socket) => {
      socket.on("close", () => {
        reject(new Error(`the connection to ${namespace}/${name} ended before the command did`));
      });
      socket.on("error", reject);
    }, reject);
  });
  return { exitCode: exitCodeOf(status), stdout: stdout.text, stderr: stderr.text };
}

/** @throws Error when the command could not be run at all. */
function exitCodeOf({ status, message, reason, details }: V1Status): number {
  if (status === "Success") {
    return 0;
  }
  const code = details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  if (reason !== "NonZeroExitCode" || code === undefined) {
    throw new Error(message ?? "the command could not be run");
  }
  return Number(code);
}

class Text extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString("utf8");
    callback();
  }
}
