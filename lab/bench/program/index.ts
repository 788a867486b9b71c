import type { BenchPart } from "../lines";
import { FEWEST_ROUNDS } from "../statistics";
import { PROGRAM_NOTES, programLines, programTables } from "./figures";
import { measurePrograms } from "./samples";

/** The program alone, without an engine: what the component adds to what its resources cost in any program. */
export const programPart: BenchPart = {
  part: "program",
  title: "The program under mocks",
  // A round takes more than a minute.
  rounds: FEWEST_ROUNDS,
  run: async (context) => {
    const measured = await measurePrograms(context);
    return { tables: programTables(measured), lines: programLines(measured), notes: PROGRAM_NOTES };
  },
};
