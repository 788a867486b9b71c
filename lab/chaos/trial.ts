import { OperationFailed, type OperationResult } from "../engine/workspace";
import type { Printed } from "./terminal";

/** What came of one trouble. */
export interface Row {
  /** `seed 3`, or the trouble's name. */
  name: string;
  operation: string;
  /** What happened, and where. */
  trouble: string;
  /** What had to be done. */
  recovery: string;
  /** What is not as it should be, a line each; none: it converged. */
  faults: string[];
}

/** Gathers what is wrong. */
export class Trial {
  readonly faults: string[] = [];

  expect(holds: boolean, what: string): void {
    if (!holds) this.faults.push(what);
  }

  /** Waits for an operation that is to fail, with each of these texts in what is said. */
  async fails(
    what: string,
    operation: Promise<OperationResult>,
    ...texts: (string | RegExp)[]
  ): Promise<void> {
    const failure = await operation.then(() => undefined, failureOf);
    if (failure === undefined) {
      this.faults.push(`${what} succeeded, and was to fail`);
      return;
    }
    const said = `${failure.message}\n${failure.result.text}`;
    for (const text of texts) {
      const isSaid = typeof text === "string" ? said.includes(text) : text.test(said);
      this.expect(isSaid, `${what} failed without a word of ${String(text)}: ${said}`);
    }
  }

  /** Waits for an operation that is to succeed. */
  async succeeds(what: string, operation: Promise<OperationResult>): Promise<void> {
    const failure = await operation.then(() => undefined, failureOf);
    if (failure !== undefined) this.faults.push(`${what} failed: ${failure.message}`);
  }

  /** Takes what commands printed. */
  typed(printed: readonly Printed[]): void {
    for (const { command, text, failed } of printed) this.expect(!failed, `${command} failed: ${text}`);
  }

  add(faults: readonly string[]): void {
    this.faults.push(...faults);
  }

  row(row: Omit<Row, "faults">): Row {
    return { ...row, faults: this.faults.map(shortened) };
  }
}

/** An engine's output at its most telling places. */
export function shortened(text: string): string {
  const [head, tail] = [600, 600];
  return text.length <= head + tail ? text : `${text.slice(0, head)} … ${text.slice(-tail)}`;
}

/** The engine's failure; anything else is none of an operation, and is thrown. */
function failureOf(error: unknown): OperationFailed {
  if (error instanceof OperationFailed) return error;
  throw error instanceof Error ? error : new Error(String(error));
}
