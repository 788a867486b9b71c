import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { watchLateErrors, type LateErrorWatch } from "../../lab/engine/lateError";

/** Longer than the quiet after which an operation is ended. */
const LONG = 2_200;

/** A program that is done, and fails after that. */
const failingLater = (message: string, after: number) => () => {
  void setTimeout(after).then(() => {
    throw new Error(message);
  });
  return Promise.resolve({});
};

describe("errors that a program comes out with late", function () {
  this.timeout(30_000);
  const watches: LateErrorWatch[] = [];
  /** Mocha, too, would end for what nobody has handled. */
  let others: NodeJS.UnhandledRejectionListener[] = [];

  function watch(busy = () => false): LateErrorWatch {
    const watched = watchLateErrors(busy);
    watches.push(watched);
    return watched;
  }

  before(() => {
    others = process.listeners("unhandledRejection");
    for (const listener of others) process.off("unhandledRejection", listener);
  });
  afterEach(() => {
    for (const watched of watches.splice(0)) watched.stop();
  });
  after(() => {
    for (const listener of others) process.on("unhandledRejection", listener);
  });

  it("end its operation, which says what they were", async () => {
    const own = watch();
    await own.owning(failingLater("its own", 10))();
    assert.deepEqual(own.endedFor(), []);
    await setTimeout(LONG);
    assert.equal(own.signal.aborted, true);
    assert.deepEqual(own.endedFor(), ["its own"]);
  });

  it("wait for what a provider is at", async () => {
    let busy = true;
    const own = watch(() => busy);
    await own.owning(failingLater("its own", 10))();
    await setTimeout(LONG);
    assert.equal(own.signal.aborted, false);
    busy = false;
    await setTimeout(LONG);
    assert.equal(own.signal.aborted, true);
  });

  it("do not end the operation after it", async () => {
    const first = watch();
    await first.owning(failingLater("of the first", 100))();
    first.stop();
    const second = watch();
    await second.owning(() => Promise.resolve({}))();
    await setTimeout(LONG);
    assert.equal(second.signal.aborted, false);
    assert.deepEqual(second.endedFor(), []);
  });

  it("are waited for when an operation has failed", async () => {
    const own = watch();
    let failed = false;
    process.once("unhandledRejection", () => (failed = true));
    await own.owning(failingLater("of the first", 200))();
    await own.drained();
    assert.equal(failed, true);
  });

  it("are waited for when the engine has left something undone for good", async () => {
    const own = watch(() => true);
    await own.owning(failingLater("before the end", 10))();
    await setTimeout(50);
    await own.owning(failingLater("after the end", 100))();
    const ended = await Promise.race([own.drained().then(() => true), setTimeout(3 * LONG, false)]);
    assert.equal(ended, true);
    assert.equal(own.signal.aborted, false);
  });
});
