import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Readable } from "node:stream";
import { type RawData, WebSocket } from "ws";
import type { AskedContainer } from "./logs";

/** What the first byte of a message says. Source:
 * https://github.com/kubernetes/apimachinery/blob/v0.37.2/pkg/util/remotecommand/constants.go */
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const CLOSE = 255;

const V5 = "v5.channel.k8s.io";

/** Subprotocols, the best first. */
export const execProtocols = [V5, "v4.channel.k8s.io"];

/** How much may wait to be sent before the command's output is left standing. */
const MOST_WAITING = 1_024 * 1_024;

/**
 * Runs a command in a container for somebody at the other end of a WebSocket. There is no terminal: with `tty` both
 * outputs come as one, and the size of the window is not heeded.
 */
export function runExec(socket: WebSocket, { runner }: AskedContainer, query: URLSearchParams): void {
  const wants = (name: string) => query.get(name) === "1" || query.get(name) === "true";
  // As kubelet does, so that the client knows that the command is about to run.
  for (const channel of [STDOUT, STDERR, ERROR]) socket.send(Buffer.from([channel]));
  let child: ChildProcessWithoutNullStreams;
  let exitCode: number | undefined;
  try {
    child = runner.exec(query.getAll("command"), (code) => {
      exitCode = code;
    });
  } catch (error) {
    finish(socket, failure((error as Error).message, "InternalError"));
    return;
  }
  const outputs: [Readable, number, boolean][] = [
    [child.stdout, STDOUT, wants("output")],
    [child.stderr, wants("tty") ? STDOUT : STDERR, wants("error") || wants("tty")],
  ];
  for (const [stream, channel, wanted] of outputs) {
    stream.on("data", (chunk: Buffer) => {
      if (wanted) send(socket, channel, chunk, stream);
    });
  }
  child.once("close", () => {
    finish(socket, outcome(exitCode ?? 0));
  });
  if (!wants("input")) child.stdin.end();
  socket.on("message", (data: RawData) => {
    const message = data as Buffer;
    if (message[0] === STDIN) child.stdin.write(message.subarray(1));
    else if (message[0] === CLOSE && socket.protocol === V5 && message[1] === STDIN) child.stdin.end();
  });
  socket.on("error", () => undefined); // its end is told as well
  socket.on("close", () => {
    // As with a container runtime, the command runs on; it only learns that nobody writes any more.
    child.stdin.end();
    for (const [stream] of outputs) stream.resume();
  });
}

function send(socket: WebSocket, channel: number, chunk: Buffer, from: Readable): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > MOST_WAITING) from.pause();
  socket.send(Buffer.concat([Buffer.from([channel]), chunk]), () => {
    from.resume();
  });
}

function finish(socket: WebSocket, status: object): void {
  socket.send(Buffer.concat([Buffer.from([ERROR]), Buffer.from(JSON.stringify(status))]), () => {
    socket.close(1000);
  });
}

function failure(message: string, reason: string, causes?: object[]) {
  return { metadata: {}, status: "Failure", message, reason, ...(causes ? { details: { causes } } : {}) };
}

/** How a client learns of the exit code. Source: v4.go in
 * https://github.com/kubernetes/client-go/blob/v0.37.2/tools/remotecommand/v4.go */
function outcome(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  const message = `command terminated with non-zero exit code: exit status ${exitCode}`;
  return failure(message, "NonZeroExitCode", [{ reason: "ExitCode", message: String(exitCode) }]);
}
