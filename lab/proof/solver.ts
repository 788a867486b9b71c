import type { Worker } from "node:worker_threads";
import type { Z3_ast, Z3_context, Z3_solver } from "z3-solver";
import { both, termOf, type Formula } from "./cases";
import type { Variable, Variables } from "./variables";

/** Can a formula hold? */
export interface Question {
  variables: Variables;
  formula: Formula;
}

/** Values of the variables for which the formula holds, by name. */
export type Example = Map<string, string | boolean>;

/** A question takes milliseconds. One that takes this long is given up, and nothing is proved then. */
const PATIENCE_MS = 60_000;

type Loaded = Awaited<ReturnType<typeof loadZ3>>;

let loading: Promise<Loaded> | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Asks several questions at once.
 * @returns false when it is proved that no formula can hold, each with variables of its own.
 */
export function mayHold(questions: Question[]): Promise<boolean> {
  return inTurn(async (z3) => questions.length > 0 && (await answer(z3, questions)) !== "never");
}

/**
 * Asks for values with which a formula holds.
 * @param preferences what is liked to hold besides, the best first: it makes an example readable.
 * @returns undefined when it is proved that there are none.
 * @throws Error when Z3 does not know.
 */
export function findExample(
  { variables, formula }: Question,
  preferences: Formula[] = [],
): Promise<Example | undefined> {
  return inTurn(async (z3) => {
    const any = await answer(z3, [{ variables, formula }]);
    if (any === "unknown") {
      throw new Error("nothing is proved: Z3 gives up");
    }
    for (const preference of any === "never" ? [] : preferences) {
      const liked = await answer(z3, [{ variables, formula: both(formula, preference) }]);
      if (liked instanceof Map) {
        return liked;
      }
    }
    return any === "never" ? undefined : any;
  });
}

/** Z3 takes one question at a time, and is loaded for the first one. */
function inTurn<T>(action: (z3: Loaded) => Promise<T>): Promise<T> {
  const result = turn.then(() => withZ3(action));
  turn = result.catch(() => undefined);
  return result;
}

/** Only when it is wanted: it is 35 MB. */
async function loadZ3() {
  const { init, Z3_lbool: Answer, Z3_error_code: Fault } = await import("z3-solver");
  const z3 = await init();
  const emscripten = z3.em as { PThread: Record<"unusedWorkers" | "runningWorkers", Worker[]> };
  return { Z3: z3.Z3, threads: emscripten.PThread, Answer, Fault };
}

async function withZ3<T>(action: (z3: Loaded) => Promise<T>): Promise<T> {
  loading ??= loadZ3();
  // Z3's threads do not keep the process alive, not even at work, and one that dies never answers.
  let overdue: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    overdue = setTimeout(reject, 2 * PATIENCE_MS, new Error("nothing is proved: Z3 does not answer"));
  });
  try {
    const z3 = await loading;
    try {
      return await Promise.race([action(z3), patience]);
    } finally {
      for (const worker of [...z3.threads.unusedWorkers, ...z3.threads.runningWorkers]) {
        worker.unref();
      }
    }
  } catch (error) {
    // A fault inside of Z3 leaves it unusable.
    loading = undefined;
    throw error;
  } finally {
    clearTimeout(overdue);
  }
}

/** The low-level interface, since the other one has finalizers, which could run while a thread of Z3's is at work. */
async function answer(z3: Loaded, questions: Question[]): Promise<Example | "never" | "unknown"> {
  const { Z3, Answer } = z3;
  const variables = questions.flatMap((question) => question.variables.list());
  const declarations = questions.flatMap((question) => question.variables.declarations());
  const terms = questions.map(({ formula }) => termOf(formula));
  const config = Z3.mk_config();
  Z3.set_param_value(config, "timeout", String(PATIENCE_MS));
  const context = Z3.mk_context(config);
  Z3.del_config(config);
  try {
    const solver = Z3.mk_solver(context);
    Z3.solver_inc_ref(context, solver);
    Z3.solver_from_string(context, solver, `${declarations.join("\n")}\n(assert (or ${terms.join("\n")}))`);
    refuseFault(z3, context);
    const result = await Z3.solver_check(context, solver);
    refuseFault(z3, context);
    if (result !== Answer.Z3_L_TRUE) {
      return result === Answer.Z3_L_FALSE ? "never" : "unknown";
    }
    return readModel(z3, context, solver, variables);
  } finally {
    Z3.del_context(context);
  }
}

function readModel(z3: Loaded, context: Z3_context, solver: Z3_solver, variables: Variable[]): Example {
  const { Z3, Answer } = z3;
  const model = Z3.solver_get_model(context, solver);
  return new Map(
    variables.map(({ name, symbol, sort }) => {
      const kind = sort === "String" ? Z3.mk_string_sort(context) : Z3.mk_bool_sort(context);
      const constant = Z3.mk_const(context, Z3.mk_string_symbol(context, symbol), kind);
      const value = Z3.model_eval(context, model, constant, true);
      if (value === null) {
        throw new Error(`Z3 has no value of ${name}`);
      }
      return [
        name,
        sort === "String"
          ? textOf(z3, context, value)
          : Z3.get_bool_value(context, value) === Answer.Z3_L_TRUE,
      ];
    }),
  );
}

function textOf({ Z3 }: Loaded, context: Z3_context, value: Z3_ast): string {
  const length = Z3.get_string_length(context, value);
  return String.fromCodePoint(...Z3.get_string_contents(context, value, length));
}

function refuseFault({ Z3, Fault }: Loaded, context: Z3_context): void {
  const code = Z3.get_error_code(context);
  if (code !== Fault.Z3_OK) {
    throw new Error(`nothing is proved: Z3 says ${Z3.get_error_msg(context, code).trim()}`);
  }
}
