import { AwsError, errorAnswer, type Answer } from "../aws/query";
import { jsonError } from "../aws/rest";
import { pause } from "../supervisor/processes";
import type { NamedCall, Rule } from "./gates";

type Applies = Rule["applies"];

/** What AWS answers when a caller asks too often: status 400, and a code that the SDKs retry. */
export const THROTTLED = new AwsError("Throttling", "Rate exceeded", 400);

/** EKS's answer to an association whose role it has not seen trust it yet. */
export const TRUST_NOT_SEEN = new AwsError(
  "InvalidParameterException",
  "Trust policy of the role provided is invalid.",
  400,
);

/**
 * IAM's answer to its own failure.
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html#API_CreateRole_Errors
 */
export const SERVICE_FAILURE = new AwsError(
  "ServiceFailure",
  "The request processing has failed because of an unknown error, exception or failure.",
  500,
);

/** Calls are refused before they have done anything. */
export function refused(applies: Applies, error: AwsError, times?: number): Rule {
  return { applies, ...timesOf(times), handle: () => Promise.resolve(errorAnswer("iam", error)) };
}

/** The same of EKS, whose errors are JSON. */
export function refusedByEks(applies: Applies, error: AwsError, times?: number): Rule {
  return { applies, ...timesOf(times), handle: () => Promise.resolve(jsonError(error)) };
}

/** Calls do what they are for, and their caller is told that they failed. */
export function failedAfterwards(applies: Applies, error: AwsError, times?: number): Rule {
  const handle: Rule["handle"] = async (_call, pass) => {
    await pass();
    return errorAnswer("iam", error);
  };
  return { applies, ...timesOf(times), handle };
}

/** Calls take their time. */
export function slow(applies: Applies, milliseconds: number): Rule {
  const handle: Rule["handle"] = async (_call, pass) => {
    await pause(milliseconds);
    return pass();
  };
  return { applies, handle };
}

/** A call that is stopped on its way. */
export interface Held {
  rule: Rule;
  /** Resolves when the call is there, and has done its work where that was wanted. */
  reached: Promise<NamedCall>;
  /** Lets it go on. */
  release: () => void;
  /** Ends it where it is: a call that is held before the server never gets there. */
  drop: () => void;
}

/** Holds the first call that fits: before the server has it, or when it is done and only the answer is missing. */
export function held(applies: Applies, when: "before" | "after"): Held {
  const { promise: decided, resolve: decide } = resolvable<"release" | "drop">();
  const { promise: reached, resolve: reach } = resolvable<NamedCall>();
  const handle: Rule["handle"] = async (call, pass): Promise<Answer | undefined> => {
    const answer = when === "after" ? await pass() : undefined;
    reach(call);
    return (await decided) === "drop" ? undefined : (answer ?? pass());
  };
  return {
    rule: { applies, times: 1, handle },
    reached,
    release: () => {
      decide("release");
    },
    drop: () => {
      decide("drop");
    },
  };
}

/** The call of this name. */
export function callNamed(key: string): Applies {
  return (call) => call.key === key;
}

function timesOf(times: number | undefined): Pick<Rule, "times"> {
  return times === undefined ? {} : { times };
}

function resolvable<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
