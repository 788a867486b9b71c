import { setImmediate as nextTurn } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { fleetArgs } from "../fleet/fleet";
import { declare } from "../fleet/ways";
import { processorTime } from "../measure";
import { MOCKS } from "./mockCloud";
import type { ProgramSample, SampleRequest } from "./samples";

const { waitForRPCs } = settings as unknown as { waitForRPCs: () => Promise<void> };

/** Turns of the event loop without anything new after which nothing more is to come: mocks answer without I/O. */
const QUIET_TURNS = 25;
const MIB = 1024 ** 2;

/** Takes one sample. All code is loaded, and the arguments are made, before it begins. */
async function takeSample({ way, ...size }: SampleRequest): Promise<ProgramSample> {
  const args = fleetArgs(size);
  await pulumi.runtime.setMocks(MOCKS, "bench", "bench", false);
  const monitor = settings.getMonitor() as unknown as MockMonitor;
  const heapBefore = await heapUsed();
  const started = processorTime();
  const outputs = pulumi.runtime.runInPulumiStack(() => Promise.resolve(declare(way, args)));
  await allAnswered(monitor);
  const processor = processorTime() - started;
  const resources = monitor.resources.size - 1;
  // What the mocks remember is none of the program's.
  monitor.resources.clear();
  const heap = ((await heapUsed()) - heapBefore) / MIB;
  const { roleArns } = (await outputs) as { roleArns: Record<string, string> };
  if (Object.keys(roleArns).length !== size.clusters) {
    throw new Error(`the program exports the roles of ${Object.keys(roleArns).length} clusters`);
  }
  return { resources, processor, heap, peak: process.resourceUsage().maxRSS / 1024 };
}

/** Waits until the program has asked for everything: nothing is on its way, and nothing new comes. */
async function allAnswered({ resources }: MockMonitor): Promise<void> {
  let seen: number;
  do {
    await waitForRPCs();
    seen = resources.size;
    for (let turn = 0; turn < QUIET_TURNS; turn++) {
      await nextTurn();
    }
  } while (resources.size !== seen);
}

/** Bytes of the heap that are in use when nothing is left to be collected. */
async function heapUsed(): Promise<number> {
  if (gc === undefined) {
    throw new Error("run it with --expose-gc");
  }
  for (let times = 0; times < 3; times++) {
    await nextTurn();
    gc();
  }
  return process.memoryUsage().heapUsed;
}

const request = JSON.parse(process.argv[2] ?? "null") as SampleRequest;
void takeSample(request).then((sample) => process.stdout.write(`${JSON.stringify(sample)}\n`));
