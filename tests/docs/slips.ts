import { evaluateTrust } from "../../trust/evaluate";
import { TrustPolicyForm, type TrustStatement } from "../../trust/types";
import { bothAs, EAST, READER, WEST } from "./documents";

type Condition = NonNullable<TrustStatement["Condition"]>;

const KEY = `${WEST.slice(WEST.indexOf("oidc."))}:sub`;
const STRANGER = EAST.replace("1111AAAA", "3333CCCC");
const ANEW = WEST.replace("2222BBBB", "4444DDDD");
const NOBODY = "system:serviceaccount:kube-system:nobody";

/** A change of the document, and the token that then asks for the role. */
interface Slip {
  change: (statement: TrustStatement, operator: string) => TrustStatement;
  oidcProviderArn?: string;
  /** Without one both are tried: the ServiceAccount that is bound, and one that is not. */
  audience?: string;
}

/** The same condition with another value, or none, at west's subject. */
function withValue(
  { Condition = {} }: TrustStatement,
  operator: string,
  value?: string | string[],
): Condition {
  const { [KEY]: _, ...others } = Condition[operator] ?? {};
  return { ...Condition, [operator]: { ...others, ...(value !== undefined && { [KEY]: value }) } };
}

function withKey(statement: TrustStatement, operator: string, key: string): TrustStatement {
  const Condition = withValue(statement, operator);
  return { ...statement, Condition: { ...Condition, [operator]: { ...Condition[operator], [key]: READER } } };
}

const listOf = (value: string | string[] | undefined) => [value ?? []].flat();
const replaced = (statement: TrustStatement, from: string, to: string): TrustStatement => ({
  ...statement,
  Principal: {
    Federated: listOf(statement.Principal.Federated).map((arn) => (arn === from ? to : arn)),
  },
});

/** What each row of the page's table does to the document. */
const SLIPS: Record<string, Slip[]> = {
  "a provider's ARN is added to a statement without a key": [
    {
      oidcProviderArn: STRANGER,
      change: (statement) => ({
        ...statement,
        Principal: { Federated: [...listOf(statement.Principal.Federated), STRANGER] },
      }),
    },
  ],
  "a key is mistyped: `https://` before the issuer, a slash after it, a wrong id": [
    { change: (statement, operator) => withKey(statement, operator, `https://${KEY}`) },
    { change: (statement, operator) => withKey(statement, operator, KEY.replace(":sub", "/:sub")) },
    { change: (statement, operator) => withKey(statement, operator, KEY.replace("2222", "2221")) },
  ],
  "a cluster was recreated, and its ARN is new while its key is stale": [
    { oidcProviderArn: ANEW, change: (statement) => replaced(statement, WEST, ANEW) },
  ],
  "the key of a provider is deleted": [
    { change: (statement, operator) => ({ ...statement, Condition: withValue(statement, operator) }) },
  ],
  "a key has an empty list": [
    { change: (statement, operator) => ({ ...statement, Condition: withValue(statement, operator, []) }) },
  ],
  "`*` is written in a name under the operator that is there": [
    {
      change: (statement, operator) => ({
        ...statement,
        Condition: withValue(statement, operator, "system:serviceaccount:default:*"),
      }),
    },
  ],
  "a pattern is added under an operator of its own": [
    {
      change: (statement, operator) => ({
        ...statement,
        Condition: {
          ...statement.Condition,
          [operator.replace("Equals", "Like")]: { [KEY]: "system:serviceaccount:jobs:*" },
        },
      }),
    },
  ],
  '`"AWS": "*"` comes into a statement, and a provider that was never listed is used': [
    {
      oidcProviderArn: STRANGER,
      change: (statement) => ({ ...statement, Principal: { ...statement.Principal, AWS: "*" } }),
    },
  ],
  "the provider gets a second client ID, and a bound ServiceAccount's token is for it": [
    { audience: "other", change: (statement) => statement },
  ],
};

/** What comes of a row's slip in a form, in the words of the table. */
export function outcomeOf(row: string, form: TrustPolicyForm): string {
  const outcomes = SLIPS[row]?.map((slip) => outcome(slip, form)) ?? ["no such slip is known to the test"];
  return [...new Set(outcomes)].join(" or ");
}

function outcome({ change, oidcProviderArn = WEST, audience }: Slip, form: TrustPolicyForm): string {
  const policy = bothAs(form);
  // West's own statement, or the only one.
  const Statement = policy.Statement.map((statement, index) =>
    index === policy.Statement.length - 1
      ? change(statement, form === TrustPolicyForm.SingleStatement ? "StringEqualsIfExists" : "StringEquals")
      : statement,
  );
  const decide = (subject: string) =>
    evaluateTrust(
      { ...policy, Statement },
      { oidcProviderArn, subject, ...(audience !== undefined && { audience }) },
    ).decision;
  const [bound, nobody] = [decide(READER), decide(NOBODY)];
  if (bound === "deny" && nobody === "deny") return "closed";
  if (bound === "allow" && nobody === "allow") return "OPEN";
  return bound === "allow" && audience !== undefined ? "it passes" : `${bound} and ${nobody}`;
}
