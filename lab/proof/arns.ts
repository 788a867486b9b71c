import { aroundParts, allOf, exactly, noneOf, oneOf, pattern, sequence, type Term } from "./smt";

/*
 * ARNs as sets of texts. What is asked of a part of an ARN is asked of the whole one: so no variable hangs on another.
 */

/** What stands before and behind a part of an ARN. */
export type Around = readonly [before: Term, behind: Term];

const DIGIT = `(re.range "0" "9")`;
const ACCOUNT: Term = `((_ re.^ 12) ${DIGIT})`;
const LOWER = `(re.range "a" "z")`;
const LETTER_OR_DIGIT = oneOf([LOWER, `(re.range "A" "Z")`, DIGIT]);
const PARTITION: Term = `(re.* ${oneOf([LOWER, exactly("-")])})`;
const REGION: Term = `(re.+ ${oneOf([LOWER, DIGIT, exactly("-")])})`;
const NAME_OF_CLUSTER: Term = sequence([
  LETTER_OR_DIGIT,
  `(re.* ${oneOf([LETTER_OR_DIGIT, exactly("-"), exactly("_")])})`,
]);

/**
 * ARNs of EKS clusters.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
 */
export const CLUSTERS: Term = aroundParts(
  "arn:aws",
  { part: PARTITION },
  ":eks:",
  { part: REGION },
  ":",
  { part: ACCOUNT },
  ":cluster/",
  { part: NAME_OF_CLUSTER },
);

export const ACCOUNT_OF_CLUSTER: Around = [aroundParts("arn:", ":eks:", ":"), aroundParts(":cluster/", "")];
export const CLUSTER_OF_ARN: Around = [aroundParts("arn:", ":eks:", ":", ":cluster/"), exactly("")];
export const ACCOUNT_OF_PRINCIPAL: Around = [aroundParts("arn:", ":iam::"), aroundParts(":", "")];

/** What a reader takes for the ARN of a cluster. */
export const READABLE_CLUSTERS: Term = sequence([
  exactly("arn:aws:eks:us-east-1:"),
  ACCOUNT,
  exactly(":cluster/"),
  `(re.+ ${LOWER})`,
]);

/** ARNs of the users and roles of one account. */
export function principalsOf(account: string): Term {
  return principals(exactly(account));
}

/** ARNs of the users and roles of all accounts but these. */
export function principalsOutside(accounts: string[]): Term {
  return principals(allOf([ACCOUNT, noneOf(oneOf(accounts.map(exactly)))]));
}

/** ARNs of the roles of this name in an account, whatever their path. */
export function rolesNamed(name: string, account: string): Term {
  return oneOf([
    aroundParts("arn:aws", `:iam::${account}:role/${name}`),
    aroundParts("arn:aws", `:iam::${account}:role/`, `/${name}`),
  ]);
}

/** What a reader takes for the ARN of a role. */
export const READABLE_PRINCIPALS: Term = pattern("arn:aws:iam::????????????:role/stranger");

/** The parts of a cluster's ARN; undefined for any other text. */
export function parseCluster(arn: string): { region: string; account: string; name: string } | undefined {
  const [, region, account, name] =
    /^arn:aws[a-z-]*:eks:([a-z0-9-]+):(\d{12}):cluster\/([0-9A-Za-z][\w-]{0,99})$/.exec(arn) ?? [];
  return region === undefined || account === undefined || name === undefined
    ? undefined
    : { region, account, name };
}

function principals(account: Term): Term {
  const kind = oneOf([exactly("role/"), exactly("user/")]);
  return sequence([aroundParts("arn:aws", ":iam::"), account, exactly(":"), kind, aroundParts("", "")]);
}
