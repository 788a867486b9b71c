import { formatDuration } from "../setup/progress";

/** Says what the demo is about to do, and how long each stage took. */
export interface Stages {
  run<T>(title: string, action: () => Promise<T>): Promise<T>;
  say(text: string): void;
  /** Seconds by title. */
  seconds: Record<string, number>;
}

/** Stages that are told on a stream. */
export function createStages(stream: NodeJS.WritableStream): Stages {
  const seconds: Record<string, number> = {};
  const say = (text: string) => {
    stream.write(`${text}\n`);
  };
  let number = 0;
  return {
    seconds,
    say,
    async run(title, action) {
      number += 1;
      say(`\n[${number}] ${title}`);
      const started = Date.now();
      const result = await action();
      const took = Date.now() - started;
      seconds[title] = Math.round(took / 100) / 10;
      say(`    done in ${formatDuration(took)}`);
      return result;
    },
  };
}
