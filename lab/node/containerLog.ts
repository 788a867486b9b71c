import { EventEmitter } from "node:events";
import * as fs from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** Kubelet keeps as much of a log before it begins a new one (containerLogMaxSize). */
const MOST_BYTES = 10 * 1_024 * 1_024;

/** A line of a log. */
export interface LogLine {
  /** As RFC 3339 has it. */
  time: string;
  text: string;
}

/**
 * The log of one run of a container: a file with a line for each of the container's, with its time before it. A log
 * that has grown too large begins anew.
 */
export class ContainerLog {
  readonly #events = new EventEmitter<{ line: [LogLine]; end: [] }>();
  readonly #partial = new Map<string, { decoder: StringDecoder; text: string }>();
  #ended = false;

  constructor(private readonly file: string) {
    this.#events.setMaxListeners(0);
    fs.writeFileSync(file, "", { mode: 0o600 });
  }

  /** Takes what came out of the container on one of its streams. */
  write(stream: "stdout" | "stderr", chunk: Buffer): void {
    const partial = this.#partial.get(stream) ?? { decoder: new StringDecoder("utf8"), text: "" };
    this.#partial.set(stream, partial);
    const lines = `${partial.text}${partial.decoder.write(chunk)}`.split("\n");
    partial.text = lines.pop() ?? "";
    this.append(lines);
  }

  /** Nothing more comes. */
  end(): void {
    for (const { text } of this.#partial.values()) {
      if (text) this.append([text]);
    }
    this.#partial.clear();
    this.#ended = true;
    this.#events.emit("end");
  }

  lines(): LogLine[] {
    if (!fs.existsSync(this.file)) return [];
    const text = fs.readFileSync(this.file, "utf8");
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => {
        const space = line.indexOf(" ");
        return { time: line.slice(0, space), text: line.slice(space + 1) };
      });
  }

  /** Tells of every new line until the end, which may be past. Returns the way to call that off. */
  follow(onLine: (line: LogLine) => void, onEnd: () => void): () => void {
    if (this.#ended) {
      onEnd();
      return () => undefined;
    }
    this.#events.on("line", onLine);
    this.#events.once("end", onEnd);
    return () => {
      this.#events.off("line", onLine);
      this.#events.off("end", onEnd);
    };
  }

  private append(texts: string[]): void {
    if (texts.length === 0 || !fs.existsSync(this.file)) return;
    const time = new Date().toISOString();
    if (fs.statSync(this.file).size > MOST_BYTES) fs.truncateSync(this.file);
    fs.appendFileSync(this.file, texts.map((text) => `${time} ${text}\n`).join(""));
    for (const text of texts) this.#events.emit("line", { time, text });
  }
}
