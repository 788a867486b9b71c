export type Entry = Record<string, unknown>;

/** The statements of a document, as JSON text or parsed; undefined when it cannot be read. */
export function statementsOf(document: unknown): unknown[] | undefined {
  try {
    const parsed: unknown = typeof document === "string" ? JSON.parse(document) : document;
    if (!isEntry(parsed) || parsed.Statement === undefined) {
      return undefined;
    }
    const statements: unknown[] = Array.isArray(parsed.Statement) ? parsed.Statement : [parsed.Statement];
    return statements;
  } catch {
    return undefined;
  }
}

/** The federated principals of a statement, `*` for everybody; undefined when it cannot be told whom it trusts. */
export function federatedOf(statement: unknown): string[] | undefined {
  if (!isEntry(statement) || (statement.Effect !== "Allow" && statement.Effect !== "Deny")) {
    return undefined;
  }
  const { Principal } = statement;
  if (!isEntry(Principal)) {
    return Principal === "*" ? ["*"] : undefined;
  }
  // In a trust policy it is the same as "Principal": "*".
  const everybody = textsOf(Principal.AWS)?.includes("*") === true ? ["*"] : [];
  const federated = Principal.Federated === undefined ? [] : textsOf(Principal.Federated);
  return federated && [...everybody, ...federated];
}

/** Each operator on each key of a statement's conditions. */
export function conditionsOf(statement: Entry): { operator: string; key: string; values: string[] }[] {
  const blocks = isEntry(statement.Condition) ? Object.entries(statement.Condition) : [];
  return blocks.flatMap(([operator, keys]) =>
    Object.entries(isEntry(keys) ? keys : {}).map(([key, values]) => ({
      operator,
      key,
      values: textsOf(values) ?? [],
    })),
  );
}

/** Key names are compared without regard to case, as IAM does. */
export function sameKey(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** One text or a list of them; undefined where it is something else. */
export function textsOf(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((one): one is string => typeof one === "string") ? list : undefined;
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
