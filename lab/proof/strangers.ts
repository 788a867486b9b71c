import { principalsOf, principalsOutside, READABLE_PRINCIPALS, rolesNamed } from "./arns";
import { REQUEST_TAG } from "./associations";
import { ALWAYS, both, isOneOf, matchesOneOf, neither, NEVER, settledAs, type Formula } from "./cases";
import { baseRolesOf, type Claim } from "./claim";
import type { Statement } from "./document";
import type { FamilyMaker } from "./family";
import { parseAccount, parsePrincipal, POD_IDENTITY_SERVICE, type Caller } from "./principals";
import { Requests, type Key } from "./requests";
import type { Term } from "./smt";

/** Somebody whom the bindings do not speak of, and who is not let alone. */
interface Stranger {
  caller: Caller;
  /** What is told of him, where a variable has not got it. */
  name?: string;
  /** What his ARN is, for those who have one. */
  principal?: (variable: Term) => Formula;
}

/** All requests of a stranger, with any session tags, or without. */
class StrangerRequests extends Requests {
  readonly caller: Caller;
  readonly actions: string[];

  constructor(
    stranger: Stranger,
    readonly sessionTags: boolean,
    place: number,
  ) {
    super(place, stranger.principal && "principal");
    this.caller = stranger.caller;
    this.actions = sessionTags ? ["sts:assumerole", "sts:tagsession"] : ["sts:assumerole"];
  }

  protected override ofService(name: string): Key {
    return name.startsWith(REQUEST_TAG) && !this.sessionTags
      ? { kind: "missing", name }
      : super.ofService(name);
  }
}

/** Whoever else the document names, and somebody whom it does not name: nobody of them is to be admitted. */
export function strangerFamilies(statements: Statement[], claim: Claim): FamilyMaker[] {
  return strangersOf(statements, claim).flatMap((stranger) =>
    [true, false].map((sessionTags): FamilyMaker => (place) => {
      const requests = new StrangerRequests(stranger, sessionTags, place);
      const { principal } = requests;
      return {
        requests,
        possible: principal === undefined ? ALWAYS : (stranger.principal?.(principal) ?? ALWAYS),
        claimed: NEVER,
        readable: principal === undefined ? [] : [matchesOneOf(principal, [READABLE_PRINCIPALS])],
        read: (example) => ({
          kind: "principal",
          principal: stranger.name ?? String(example.get("principal")),
          sessionTags,
        }),
      };
    }),
  );
}

function strangersOf(statements: Statement[], claim: Claim): Stranger[] {
  const others = claim.otherPrincipals ?? [];
  const otherAccounts = others.flatMap((other) => parseAccount(other) ?? []);
  const known = [...others, ...otherAccounts, ...baseRolesOf(claim), POD_IDENTITY_SERVICE];
  const named = (kind: "services" | "accounts" | "arns") => [
    ...new Set(statements.flatMap(({ principals }) => principals[kind])),
  ];
  const strange = (kind: "services" | "accounts" | "arns") =>
    named(kind).filter((name) => !known.includes(name));
  const asked = [...known, ...named("arns")];
  const accounts = strange("accounts");
  return [
    ...strange("services").map((service) => ({
      caller: { kind: "service", service } as const,
      name: service,
    })),
    ...strange("arns").map(ofArn),
    ...accounts.map((account) => anyOther({ kind: "aws", account }, principalsOf(account), asked)),
    anyOther({ kind: "aws" }, principalsOutside([...accounts, ...otherAccounts]), asked),
  ];
}

function ofArn(arn: string): Stranger {
  const { account = "", kind, name = "" } = parsePrincipal(arn) ?? {};
  return {
    caller: { kind: "aws", arn, account },
    name: arn,
    // A session's key is the ARN of its role, which the session's own does not tell whole.
    principal: (variable) =>
      kind === "session" ? matchesOneOf(variable, [rolesNamed(name, account)]) : settledAs(variable, arn),
  };
}

function anyOther(caller: Caller, set: Term, asked: string[]): Stranger {
  return {
    caller,
    principal: (variable) => both(matchesOneOf(variable, [set]), neither(isOneOf(variable, asked))),
  };
}
