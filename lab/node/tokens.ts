import * as fs from "node:fs";
import * as path from "node:path";

/** A ServiceAccount token as the API server gave it. */
export interface IssuedToken {
  token: string;
  expirationSeconds: number;
  /** Milliseconds since 1970. */
  expires: number;
}

/** The time, and what happens later; a test has its own. */
export interface Clock {
  now: () => number;
  /** Returns the way to call it off. */
  later: (milliseconds: number, run: () => void) => () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  later: (milliseconds, run) => {
    // Timers of more than 24.8 days fire at once.
    const timer = setTimeout(run, Math.min(milliseconds, 2 ** 31 - 1));
    return () => {
      clearTimeout(timer);
    };
  },
};

const DAY = 24 * 3_600_000;
const MOST_JITTER = 10_000;
/** How soon it is tried again where a token could not be had. */
const RETRY = 10_000;

/**
 * When a token is to be replaced: when four fifths of its life or a day have gone, a few seconds earlier by chance.
 * Source: requiresRefresh in https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/token/token_manager.go
 * @param chance from 0 to 1
 */
export function renewalTime(
  token: Pick<IssuedToken, "expirationSeconds" | "expires">,
  chance: number,
): number {
  const issued = token.expires - token.expirationSeconds * 1_000;
  const jitter = Math.floor((chance * MOST_JITTER) / 1_000) * 1_000;
  const fifth = Math.floor(token.expirationSeconds / 5) * 1_000;
  return Math.min(issued + DAY, token.expires - fifth) - jitter;
}

/** Writes a file that whoever reads it sees either as it was or as it is, never in between. */
export function writeAtomically(file: string, content: string | Buffer): void {
  const partial = `${file}.${process.pid}.partial`;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(partial, content, { mode: 0o600 });
  fs.renameSync(partial, file);
}

/** A file that always holds a token which is still good for a while. */
export class TokenFile {
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly file: string,
    private readonly request: () => Promise<IssuedToken>,
    private readonly options: {
      clock: Clock;
      chance: () => number;
      /** A token could not be replaced; the old one stays until that works. */
      failed: (error: unknown) => void;
    },
  ) {}

  /** Writes the first token; rejects if there is none to be had. */
  async start(): Promise<void> {
    const token = await this.request();
    if (this.#stopped) return;
    writeAtomically(this.file, token.token);
    const { clock, chance } = this.options;
    this.wait(renewalTime(token, chance()) - clock.now());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  private wait(milliseconds: number): void {
    this.#cancel = this.options.clock.later(Math.max(milliseconds, 1_000), () => {
      this.start().catch((error: unknown) => {
        if (this.#stopped) return;
        this.options.failed(error);
        this.wait(RETRY);
      });
    });
  }
}
