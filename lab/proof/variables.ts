import type { Term } from "./smt";

/** The variables of one question, each with a name that may hold any characters. */
export class Variables {
  readonly #symbols = new Map<string, { symbol: Term; sort: "String" | "Bool" }>();

  text(name: string): Term {
    return this.#declared(name, "String");
  }

  truth(name: string): Term {
    return this.#declared(name, "Bool");
  }

  declarations(): string[] {
    return this.list().map(({ symbol, sort }) => `(declare-const ${symbol} ${sort})`);
  }

  list(): { name: string; symbol: Term; sort: "String" | "Bool" }[] {
    return [...this.#symbols].map(([name, variable]) => ({ name, ...variable }));
  }

  #declared(name: string, sort: "String" | "Bool"): Term {
    const known = this.#symbols.get(name) ?? { symbol: `v${this.#symbols.size}`, sort };
    this.#symbols.set(name, known);
    return known.symbol;
  }
}
