/** Lets no more than `count` pieces of work run at once; the others wait in the order in which they came. */
export function atMost(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < count) {
      running++;
    } else {
      await new Promise<void>((resolve) => waiting.push(resolve)); // and inherits the place of who has ended
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        running--;
      }
    }
  };
}
