import * as pulumi from "@pulumi/pulumi";

/**
 * An error that is told of a resource, without a stack. Pulumi's runner writes an error out by `util.inspect`, whether the stack is to be
 * hidden or not, and that would walk through every resource that hangs together with this one: minutes, for a page that nobody sees.
 * @see https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/cmd/run/error.ts
 */
export function resourceError(message: string, resource: pulumi.Resource): Error {
  const error = new pulumi.ResourceError(message, resource, true);
  Object.defineProperty(error, "resource", { enumerable: false });
  // A plugin's server logs the stack, and knows nothing of hiding.
  error.stack = `${error.name}: ${message}`;
  return error;
}
