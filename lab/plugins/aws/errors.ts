/** An error of an AWS call. Its text is what the real plugin would print, which is what the Go SDK says. */
export class AwsError extends Error {
  constructor(
    message: string,
    /** AWS's own code: `NoSuchEntity`. */
    readonly code: string,
  ) {
    super(message);
  }

  /** The bare text: it stands in the middle of a longer one. */
  override toString(): string {
    return this.message;
  }
}

/** Is this AWS's error of this code? */
export function isAwsError(error: unknown, code: string): boolean {
  return error instanceof AwsError && error.code === code;
}

/** Ends with undefined where AWS says that there is no such thing. */
export async function unlessMissing<T>(call: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codes.some((code) => isAwsError(error, code))) return undefined;
    throw error;
  }
}

/** Says what was being done when a call failed: `creating IAM Role (name): …`. */
export async function explain<T>(doing: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw error instanceof AwsError
      ? new AwsError(`${doing}: ${message}`, error.code)
      : new Error(`${doing}: ${message}`, { cause: error });
  }
}

/** What an error of the JavaScript SDK may carry. */
interface SdkError {
  name?: string;
  message?: string;
  /** The code as it came, where the service answers in XML. */
  Code?: string;
  Error?: { Code?: string; Message?: string };
  $fault?: "client" | "server";
  $metadata?: { httpStatusCode?: number; requestId?: string; attempts?: number };
}

interface Client {
  middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: { commandName?: string },
      ) => (args: never) => Promise<unknown>,
      options: { step: "initialize"; priority: "high"; name: string },
    ): void;
  };
}

/**
 * Makes a client's errors read as those of the AWS SDK for Go: OperationError of smithy-go (errors.go) around
 * ResponseError of aws-sdk-go-v2 (aws/transport/http/response_error.go) around the service's own error.
 */
export function rewordErrors<C>(client: C, service: string): C {
  (client as Client).middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          throw reword(error as SdkError, service, commandName.replace(/Command$/, ""));
        }
      },
    { step: "initialize", priority: "high", name: "wordingOfGo" },
  );
  return client;
}

function reword(error: SdkError, service: string, operation: string): AwsError {
  const { $metadata: metadata = {}, message = "" } = error;
  const code = error.Error?.Code ?? error.Code ?? error.name ?? "Error";
  const { httpStatusCode: status, requestId = "" } = metadata;
  // No answer at all: the connection failed.
  const response =
    status === undefined
      ? `https response error StatusCode: 0, RequestID: , request send failed, ${message}`
      : `https response error StatusCode: ${status}, RequestID: ${requestId}, ` +
        `${isModelled(error) ? "" : "api error "}${code}: ${error.Error?.Message ?? message}`;
  return new AwsError(`operation error ${service}: ${operation}, ${response}`, code);
}

// An error that the service's model knows has a class of its own below the service's, which is below the SDK's.
function isModelled(error: SdkError): boolean {
  let ancestor: unknown = error;
  for (let generation = 0; generation < 3; generation++) ancestor = Object.getPrototypeOf(ancestor);
  return ancestor !== Error.prototype;
}
