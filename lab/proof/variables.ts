import type { Term } from "./smt";

export interface Variable {
  name: string;
  symbol: Term;
  sort: "String" | "Bool";
}

/** The variables of one question, each with a name that may hold any characters. */
export class Variables {
  readonly #symbols = new Map<string, Omit<Variable, "name">>();

  /** @param prefix begins their symbols; questions that are asked together must not share it. */
  constructor(private readonly prefix: string) {}

  text(name: string): Term {
    return this.#declared(name, "String");
  }

  truth(name: string): Term {
    return this.#declared(name, "Bool");
  }

  declarations(): string[] {
    return this.list().map(({ symbol, sort }) => `(declare-const ${symbol} ${sort})`);
  }

  list(): Variable[] {
    return [...this.#symbols].map(([name, variable]) => ({ name, ...variable }));
  }

  #declared(name: string, sort: "String" | "Bool"): Term {
    const known = this.#symbols.get(name) ?? { symbol: `${this.prefix}${this.#symbols.size}`, sort };
    this.#symbols.set(name, known);
    return known.symbol;
  }
}
