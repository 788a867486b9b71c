import { randomUUID } from "node:crypto";

/** What the front sends back: its own answer, or one that moto gave. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** A refusal as AWS words it: error code, message, HTTP status. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = code;
  }
}

/** The two services whose "query" protocol the front speaks. */
export type QueryService = "iam" | "sts";

const namespaces: Record<QueryService, string> = {
  iam: "https://iam.amazonaws.com/doc/2010-05-08/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
};

/** The parameters of one call of the query protocol. */
export class QueryParameters {
  private readonly values = new Map<string, string>();

  /** Takes the URL's query and the form body together, as AWS does; a parameter given twice is refused. */
  constructor(...sources: string[]) {
    for (const [name, value] of sources.flatMap((source) => [...new URLSearchParams(source)])) {
      // Which of the two would count is nobody's business to guess, least of all between the front and moto.
      if (this.values.has(name)) {
        throw new AwsError("MalformedQueryString", `The parameter ${name} is given more than once.`);
      }
      this.values.set(name, value);
    }
  }

  get action(): string | undefined {
    return this.get("Action");
  }

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  names(): string[] {
    return [...this.values.keys()];
  }

  /** `names.member.1`, `names.member.2`, … in order. */
  list(name: string): string[] {
    const found: string[] = [];
    for (let index = 1; this.values.has(`${name}.member.${index}`); index++) {
      found.push(this.get(`${name}.member.${index}`) ?? "");
    }
    return found;
  }
}

/** Writes text into XML. */
export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

/** The text of the first `<tag>` in an answer of the query protocol. */
export function textOfXml(xml: string, tag: string): string | undefined {
  const text = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
  return text
    ?.replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** An error of the query protocol. */
export function errorAnswer(service: QueryService, error: AwsError): Answer {
  const requestId = randomUUID();
  const type = error.status >= 500 ? "Receiver" : "Sender";
  return xmlAnswer(
    error.status,
    requestId,
    `<ErrorResponse xmlns="${namespaces[service]}"><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  );
}

/** A success of the query protocol; `result` is the XML inside `<ActionResult>`, absent where the action returns none. */
export function successAnswer(service: QueryService, action: string, result?: string): Answer {
  const requestId = randomUUID();
  const inner = result === undefined ? "" : `<${action}Result>${result}</${action}Result>`;
  return xmlAnswer(
    200,
    requestId,
    `<${action}Response xmlns="${namespaces[service]}">${inner}` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  );
}

function xmlAnswer(status: number, requestId: string, body: string): Answer {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}

/** One constraint that a parameter breaks, in AWS's wording of `ValidationError`. */
export type Violation = string;

/** Throws AWS's `ValidationError` that lists every broken constraint, if there is one. */
export function refuseViolations(violations: Violation[]): void {
  if (violations.length === 0) return;
  const noun = violations.length === 1 ? "error" : "errors";
  throw new AwsError(
    "ValidationError",
    `${violations.length} validation ${noun} detected: ${violations.join("; ")}`,
  );
}

/** `Value … at 'name' failed to satisfy constraint: Member must …` */
export function violation(shown: string, name: string, must: string): Violation {
  return `Value${shown === "" ? "" : ` ${shown}`} at '${name}' failed to satisfy constraint: Member must ${must}`;
}
