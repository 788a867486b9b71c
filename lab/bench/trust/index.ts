import type { BenchPart } from "../lines";
import { CAPACITY_NOTES, capacityTable } from "./capacity";
import { measureGrowth } from "./growth";

/** The trust policy: how many clusters fit in a role, and what building and checking costs as there are more of them. */
export const trustPart: BenchPart = {
  part: "trust",
  title: "The trust policy",
  rounds: 15,
  run: async (context) => {
    const capacity = await context.during("clusters per role", capacityTable);
    const { lines, table } = await measureGrowth(context);
    return { tables: [capacity, table], lines, notes: CAPACITY_NOTES };
  },
};
