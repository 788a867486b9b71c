import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import { answer, created, type MockCloud } from "./mockCloud";
import {
  decoded,
  providerUrn,
  type Reading,
  readingOf,
  type Registration,
  registrationOf,
} from "./registration";

export { ACCOUNT } from "./mockCloud";
export { type Registration, UNKNOWN } from "./registration";

/** The package as its users see it. */
export type Library = typeof import("../../index");

export interface RecordOptions extends MockCloud {
  /** A first preview: what resources will be like is not known. Default: false. */
  preview?: boolean;
}

export interface Invoke {
  token: string;
  inputs: unknown;
  /** URN of the explicit provider; empty for the default one. */
  provider: string;
}

/** What a program asked of the engine. */
export class Recording {
  readonly resources: Registration[] = [];
  readonly invokes: Invoke[] = [];
  /** What it asked to be read, which is never changed. */
  readonly reads: Reading[] = [];
  /** Outputs that components registered, by URN. */
  readonly outputs = new Map<string, unknown>();
  /** What the program threw, and what came to light afterwards in Outputs. */
  readonly errors: Error[] = [];
  /** What the user was warned of. */
  readonly warnings: string[] = [];

  /** The one resource of this type and, where it is given, this name. */
  one(type: string, name?: string): Registration {
    const found = this.of(type).filter((resource) => name === undefined || resource.name === name);
    assert.equal(found.length, 1, `${found.length} resources of type ${type} ${name ?? ""}`);
    return found[0]!;
  }

  of(type: string): Registration[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resource, written as `<class> <name>`; short enough to read in a list. */
  label(urn: string): string {
    const resource = [...this.resources, ...this.reads].find((candidate) => candidate.urn === urn);
    assert.ok(resource, `${urn} was not recorded`);
    return `${resource.type.replace(/^.*:/, "")} ${resource.name}`;
  }
}

/**
 * Runs a program against mocks and waits until it has asked for everything. The package is loaded after the mocks are set.
 *
 * @returns what was asked for, with what the program gave back.
 * @throws the first error, if there was any.
 */
export async function record<T>(
  program: (library: Library) => T,
  options: RecordOptions = {},
): Promise<{ recording: Recording; result: T }> {
  const { recording, result } = await run(program, options);
  if (recording.errors[0]) {
    throw recording.errors[0];
  }
  return { recording, result: result as T };
}

/** Runs a program that must fail. */
export async function recordFailure(
  program: (library: Library) => unknown,
  options: RecordOptions = {},
): Promise<Recording> {
  const { recording } = await run(program, options);
  assert.notEqual(recording.errors.length, 0, "the program should have failed and did not");
  return recording;
}

/** What an Output comes to. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise: () => Promise<T> }).promise();
}

// A store of its own for each program: what a failed one leaves hanging cannot reach the next.
const { withLocalStorage } = state as unknown as {
  withLocalStorage: <T>(callback: () => Promise<T>) => Promise<T>;
};
const { waitForRPCs } = settings as unknown as { waitForRPCs: () => Promise<void> };

async function run<T>(program: (library: Library) => T, options: RecordOptions) {
  const recording = new Recording();
  const preview = options.preview ?? false;
  const { failed, release } = collectRejections(recording);
  const stopListening = collectWarnings(recording);
  try {
    const result = await withLocalStorage(async () => {
      await pulumi.runtime.setMocks(
        {
          newResource: (args) => created(args, options, preview),
          call: (args) => answer(args, options),
        },
        "project",
        "stack",
        preview,
      );
      listen(settings.getMonitor() as unknown as MockMonitor, recording);
      const library = await import("../../index");
      try {
        return program(library);
      } catch (error) {
        recording.errors.push(error as Error);
        return undefined;
      } finally {
        await settled(recording, failed);
      }
    });
    return { recording, result };
  } finally {
    stopListening();
    release();
  }
}

/** Without an engine the SDK writes warnings to the console. */
function collectWarnings({ warnings }: Recording): () => void {
  const { warn } = console;
  console.warn = (text: string) => warnings.push(text.replace("warning: [runtime] ", ""));
  return () => {
    console.warn = warn;
  };
}

/** Mocks are shown a part of each request: the rest is taken from the requests themselves. */
function listen(monitor: MockMonitor, recording: Recording): void {
  const registerResource = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: RegisterResourceRequest, callback) =>
    registerResource(request, (error, response: { getUrn(): string } | undefined) => {
      if (response) {
        recording.resources.push(registrationOf(request, response.getUrn()));
      }
      callback(error, response);
    });
  const readResource = monitor.readResource.bind(monitor);
  monitor.readResource = (request: ReadResourceRequest, callback) =>
    readResource(request, (error, response: { getUrn(): string } | undefined) => {
      if (response) {
        recording.reads.push(readingOf(request, response.getUrn()));
      }
      callback(error, response);
    });
  const registerResourceOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request: RegisterResourceOutputsRequest, callback) => {
    recording.outputs.set(request.getUrn(), decoded(request.getOutputs()?.toJavaScript()));
    registerResourceOutputs(request, callback);
  };
  const invoke = monitor.invoke.bind(monitor);
  monitor.invoke = (request: ResourceInvokeRequest, callback) => {
    recording.invokes.push({
      token: request.getTok(),
      inputs: decoded(request.getArgs()?.toJavaScript()),
      provider: providerUrn(request.getProvider()),
    });
    return invoke(request, callback);
  };
}

/** Faults in Outputs become rejections that nobody handles: here they belong to the recording, not to mocha. */
function collectRejections(recording: Recording) {
  const event = "unhandledRejection";
  const others = process.listeners(event);
  let fail: () => void;
  const failed = new Promise<void>((resolve) => (fail = resolve));
  const collect = (reason: unknown) => {
    // One fault rejects every Output that is made of the faulty one.
    if (!recording.errors.includes(reason as Error)) {
      recording.errors.push(reason as Error);
    }
    fail();
  };
  process.removeAllListeners(event).on(event, collect);
  const release = () => {
    process.off(event, collect);
    for (const listener of others) {
      process.on(event, listener);
    }
  };
  return { failed, release };
}

/**
 * A program that fails leaves requests behind that never end, so those are not waited for. Mocks answer without I/O: when
 * nothing has moved for so many turns of the event loop, all that can come has come.
 */
async function settled(recording: Recording, failed: Promise<void>): Promise<void> {
  const { resources, reads, invokes, errors } = recording;
  const count = () => resources.length + reads.length + invokes.length + errors.length;
  if (errors.length === 0) {
    await Promise.race([waitForRPCs(), failed]);
  }
  let seen: number;
  do {
    seen = count();
    for (let turn = 0; turn < 25; turn++) {
      await nextTurn();
    }
  } while (count() !== seen);
}
