/** Where setting up tells how it goes: whole lines, which read as well in a CI log as on a terminal. */
export interface Progress {
  line(text: string): void;
  /** Something that takes its time. Says so now and every quarter of a minute, until the returned function is called. */
  step(doing: string, options?: StepOptions): () => void;
}

export interface StepOptions {
  /** How long it usually takes: `6 min`. */
  usually?: string;
  /** How far it has come: `840 of at most 2,079 packages`; undefined while that is unknown. */
  howFar?: () => string | undefined;
}

const EVERY = 15_000;

/** A span of time as people say it: `43 s`, `5 min 43 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const minutes = Math.floor(seconds / 60);
  const rest = `${seconds % 60} s`;
  return minutes === 0 ? rest : `${minutes} min ${rest}`;
}

/** A count with commas: `2,079`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Progress on a stream; by default on standard error, which leaves standard output to results. */
export function createProgress(stream: NodeJS.WritableStream = process.stderr, every = EVERY): Progress {
  const line = (text: string) => {
    stream.write(`  ${text}\n`);
  };
  return {
    line,
    step(doing, { usually, howFar } = {}) {
      const started = Date.now();
      const expectation = usually ? `usually ${usually}` : undefined;
      line(expectation ? `${doing} (${expectation})` : doing);
      const timer = setInterval(() => {
        const details = [expectation, howFar?.()].filter((detail) => detail !== undefined).join("; ");
        const elapsed = formatDuration(Date.now() - started);
        line(details ? `${doing} … ${elapsed} (${details})` : `${doing} … ${elapsed}`);
      }, every);
      return () => {
        clearInterval(timer);
      };
    },
  };
}

/** Progress that nobody sees. */
export const silentProgress: Progress = { line: () => undefined, step: () => () => undefined };
