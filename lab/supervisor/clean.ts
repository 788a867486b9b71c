/** `npm run lab:clean`: clears away what dead runs left, with the logs of failed ones. Labs that run are left alone. */
import { cacheRoot } from "../setup/cache";
import { reapStaleRuns } from "./reap";

async function main(): Promise<void> {
  const reaped = await reapStaleRuns(cacheRoot(), { finishedToo: true });
  console.log(
    reaped.length === 0 ? "nothing was left of earlier runs" : `cleared away: ${reaped.join(", ")}`,
  );
}

void main();
