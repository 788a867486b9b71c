import fc from "fast-check";
import type { TrustPolicy, TrustStatement } from "../../../trust/types";

type Condition = NonNullable<TrustStatement["Condition"]>;
type Statement = Omit<TrustStatement, "Effect" | "Condition"> & {
  Effect: "Allow" | "Deny";
  Condition: Condition;
};
type Damage = (statement: Statement, all: Statement[], pick: number) => void;

const OPERATORS = [
  "StringEquals",
  "StringLike",
  "StringEqualsIgnoreCase",
  "StringNotEquals",
  "StringNotEqualsIgnoreCase",
  "StringNotLike",
].flatMap((name) => [name, `${name}IfExists`, `ForAllValues:${name}`, `ForAnyValue:${name}`]);
const ACTIONS = ["sts:*", "*", "STS:assumerolewith*", "sts:AssumeRole", "sts:AssumeRoleWithSAML"];

const at = <T>(list: readonly T[], pick: number): T => list[pick % list.length]!;

/** What may go wrong with one statement. */
const DAMAGES: Record<string, Damage> = {
  losesKey(statement, _, pick) {
    const keys = Object.entries(statement.Condition).flatMap(([name, of]) =>
      Object.entries(of).map(([key, values]) => ({ name, key, values })),
    );
    const kept = keys.filter((_key, index) => index !== pick % keys.length);
    statement.Condition = {};
    for (const { name, key, values } of kept) {
      statement.Condition[name] = { ...statement.Condition[name], [key]: values };
    }
  },
  losesCondition(statement) {
    statement.Condition = {};
  },
  otherOperator(statement, _, pick) {
    const [first, ...others] = Object.entries(statement.Condition);
    if (first) statement.Condition = { ...Object.fromEntries(others), [at(OPERATORS, pick)]: first[1] };
  },
  everyProvider(statement, all) {
    statement.Principal = { Federated: all.flatMap(({ Principal }) => Principal.Federated ?? []) };
  },
  everyKey(statement, all) {
    const merged: Condition = {};
    for (const { Condition } of all) {
      for (const [name, keys] of Object.entries(Condition)) merged[name] = { ...merged[name], ...keys };
    }
    statement.Condition = merged;
  },
  denies(statement) {
    statement.Effect = "Deny";
  },
  deniesBeside(statement, all, pick) {
    const { Condition, ...others } = structuredClone(statement);
    const keys = Object.assign({}, ...Object.values(Condition)) as Condition[string];
    all.push({ ...others, Effect: "Deny", Condition: { [at(OPERATORS, pick)]: keys } });
  },
  asksForNull(statement, _, pick) {
    const [key] = Object.values(statement.Condition).flatMap((keys) => Object.keys(keys));
    if (key) statement.Condition = { ...statement.Condition, Null: { [key]: at(["true", "false"], pick) } };
  },
  // Everywhere: what IAM makes of one key in two spellings is not known, so the evaluator says that it does not know.
  capitals(_, all) {
    for (const { Condition } of all) {
      for (const [name, keys] of Object.entries(Condition)) {
        const renamed = Object.entries(keys).map(([key, values]) => [key.toUpperCase(), values] as const);
        Condition[name] = Object.fromEntries(renamed);
      }
    }
  },
  otherAction(statement, _, pick) {
    statement.Action = at(ACTIONS, pick);
  },
};

/** One thing that went wrong, in one of a document's statements. */
interface OneDamage {
  how: string;
  where: number;
  pick: number;
}

/** A few damages: a slip, or somebody in the console. */
export const someDamage: fc.Arbitrary<OneDamage[]> = fc.array(
  fc.record({
    how: fc.constantFrom(...Object.keys(DAMAGES)),
    where: fc.nat({ max: 100 }),
    pick: fc.nat({ max: 100 }),
  }),
  { minLength: 1, maxLength: 5 },
);

/** The trust policy with the damages; it may admit anybody, and is still one that IAM takes. */
export function withDamage(policy: TrustPolicy, damages: readonly OneDamage[]): object {
  const statements = structuredClone(policy.Statement) as Statement[];
  for (const { how, where, pick } of damages) {
    DAMAGES[how]!(at(statements, where), statements, pick);
  }
  return { ...policy, Statement: statements.map(withoutEmpty) };
}

function withoutEmpty({ Condition, ...statement }: Statement): object {
  const full = Object.entries(Condition).filter(([, keys]) => Object.keys(keys).length > 0);
  return full.length === 0 ? statement : { ...statement, Condition: Object.fromEntries(full) };
}
