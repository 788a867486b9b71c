import * as pulumi from "@pulumi/pulumi";

/** What Pulumi's SDK puts before an error each time that it goes through a resource's inputs. */
const WAY_THROUGH = /^(?:error serializing property "[^"]*": )+/;

/**
 * Has errors told as they are. One that comes in an Output ends as an unhandled rejection, which Pulumi's provider server answers the
 * open requests with, and logs with its stack. Only a fault of this package's own code keeps it, as far as it is its code.
 */
export function tellWithoutStack(): void {
  const tell = (error: unknown) => {
    if (!(error instanceof Error)) return;
    // The runner inspects all that hangs on an error: promises with whole contexts, for which Node needs most of a minute and
    // gigabytes, and a stack with frames of scoped packages, with which it does not come to an end.
    for (const key of Object.keys(error)) Object.defineProperty(error, key, { enumerable: false });
    if (isSlip(error)) {
      error.stack = String(error.stack).split("\n").filter(isOwnFrame).join("\n");
    } else {
      error.message = error.message.replace(WAY_THROUGH, "");
      error.stack = error.message;
    }
  };
  process.prependListener("uncaughtException", tell);
  process.prependListener("unhandledRejection", tell);
  // Without anybody who listens Node prints a warning of its own for each rejection that is handled late.
  process.on("rejectionHandled", () => undefined);
}

/** Has each error answer the requests that are open once: one that rejects several promises would answer those that come after too. */
export function tellOnce(addListeners: () => Promise<void>): Promise<void> {
  const before = process.listeners("unhandledRejection");
  return addListeners().then(() => {
    const added = process.listeners("unhandledRejection").filter((one) => !before.includes(one));
    for (const listener of added) {
      process.off("unhandledRejection", listener);
      const told = new WeakSet();
      process.on("unhandledRejection", (reason, promise) => {
        if (typeof reason === "object" && reason !== null) {
          if (told.has(reason)) return;
          told.add(reason);
        }
        listener(reason, promise);
      });
    }
  });
}

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const INVALID_ARGUMENT = 3;

/**
 * A refusal that names its faults in its message alone. To a fault that is sent beside it the engine adds the property's value, in clear,
 * where it may be a kubeconfig, and tells everything twice.
 * @see https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/deploy/source_eval.go
 */
export function withoutValues(error: unknown): unknown {
  return pulumi.InputPropertiesError.isInstance(error)
    ? Object.assign(new pulumi.RunError(error.message), { code: INVALID_ARGUMENT })
    : error;
}

/** What only a mistake in code throws. */
function isSlip(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

function isOwnFrame(line: string): boolean {
  return !/^\s+at .*node_modules/.test(line);
}
