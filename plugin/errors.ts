import * as pulumi from "@pulumi/pulumi";

/** What Pulumi's SDK puts before an error each time that it goes through a resource's inputs. */
const WAY_THROUGH = /^(?:error serializing property "[^"]*": )+/;

/**
 * Has the errors that are meant for the user told as they are. One that comes in an Output ends as an unhandled rejection, which
 * Pulumi's provider server answers the open requests with, and logs with its stack.
 */
export function tellWithoutStack(): void {
  const tell = (error: unknown) => {
    if (isForUser(error)) {
      error.message = error.message.replace(WAY_THROUGH, "");
      error.stack = error.message;
    }
  };
  process.prependListener("uncaughtException", tell);
  process.prependListener("unhandledRejection", tell);
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

/** Is it an error of which a stack would only bury the message? */
function isForUser(error: unknown): error is Error {
  return (
    pulumi.RunError.isInstance(error) ||
    pulumi.InputPropertiesError.isInstance(error) ||
    (pulumi.ResourceError.isInstance(error) && error.hideStack === true)
  );
}
